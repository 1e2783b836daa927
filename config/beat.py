"""Beat: of several one leads, and what is due is queued once.

Whoever has the lease leads; the others wait for it to end. A leader that was frozen may
wake up in the middle of what it did, so each entry of the schedule is a lease as well,
which nobody takes again before the entry is due once more (docs/adr/0094).

The schedule is a pickled shelf: anybody who can replace it can make beat run their
code, so it lies in a folder that is beat's own (docs/adr/0063).
"""

import os
import secrets
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from celery import Celery
from celery.beat import PersistentScheduler

from config.alive_file import touch_alive_file
from phr.core.private_folder import NotPrivate, can_be_replaced, private_folder

log = structlog.get_logger(__name__)

SETTING = "STATE_DIRECTORY"
LEASE = 20.0  # seconds until another beat leads, if the leader is silent
MOST_BETWEEN_TICKS = 5.0  # seconds, which is also how often the lease is renewed
# The next time of an entry may be a little early by another clock.
SLACK = 1.0  # seconds


class PrivateScheduler(PersistentScheduler):  # type: ignore[misc]  # untyped
    """:ivar leads: whether this beat had the lease at its last tick."""

    def __init__(self, app: Celery, *, schedule_filename: str, **options: Any) -> None:
        """:raises SystemExit: others could write where the schedule is to be."""
        try:
            file = schedule_file(schedule_filename)
        except NotPrivate as reason:
            raise SystemExit(
                f"beat: {reason} Set {SETTING} to a folder that is yours alone."
            ) from None
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.leads = False
        super().__init__(app, schedule_filename=str(file), **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """Queue what is due, if this beat leads.

        :returns: seconds until it is to be asked again.
        """
        from phr.core import heartbeat  # with Django, which is set up by then

        touch_alive_file()
        if not self.lead():
            return MOST_BETWEEN_TICKS
        heartbeat.note_tick(time.time())
        return min(float(super().tick(*args, **options)), MOST_BETWEEN_TICKS)

    def lead(self) -> bool:
        """Take the lease, or go on holding it; without a database nobody leads."""
        from django.db import Error, close_old_connections

        from phr.core import leases

        led, self.leads = self.leads, False
        close_old_connections()
        try:
            taken = leases.take(leases.BEAT, self.name, seconds=LEASE)
            if taken and not led:
                self.take_over()
        except Error as error:
            log.warning("beat_without_database", error=type(error).__name__)
            return False
        if led != taken:
            log.info("beat_leads" if taken else "beat_stands_by", name=self.name)
        self.leads = taken
        return taken

    def take_over(self) -> None:
        """Go on where the last leader was, and not with what this one did long ago."""
        from phr.core import leases

        entries = {lease_of(entry): entry for entry in self.schedule.values()}
        for name, left in leases.seconds_left(list(entries)).items():
            entry = entries[name]
            ran = left - pause_after(entry)
            entry.last_run_at = entry.default_now() + timedelta(seconds=ran)
        self._heap = None  # of Celery's: in which order the entries are due

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Queue an entry, unless another beat has, or nobody can say."""
        from django.db import Error

        from phr.core import leases

        name, seconds = lease_of(entry), pause_after(entry)
        try:
            taken = leases.take(name, self.name, seconds=seconds, renew=False)
        except Error as error:
            log.warning("beat_without_database", error=type(error).__name__)
            taken = False
        if taken:
            super().apply_entry(entry, producer=producer)
        else:
            self.leads = False  # so that the next tick looks when it is due

    def close(self) -> None:
        from phr.core import leases

        super().close()
        if self.leads:
            self.leads = False
            leases.give_back(leases.BEAT, self.name)


def lease_of(entry: Any) -> str:
    return f"beat:{entry.name}"


def pause_after(entry: Any) -> float:
    """For how many seconds nobody may queue an entry again."""
    return float(entry.schedule.run_every.total_seconds()) - SLACK


def schedule_file(name: str) -> Path:
    """The file of the schedule, whose folder is made if need be.

    :param name: as --schedule has it; a name alone is in the state directory.
    :raises NotPrivate: the folder is not ours alone.
    """
    file = (state_directory() / name).resolve()
    folder = private_folder(file.parent)
    if can_be_replaced(folder):
        raise NotPrivate(f"Other users can replace {folder}.")
    return file


def state_directory() -> Path:
    """The folder that the operator or systemd names, else the account's own.

    The latter as the XDG Base Directory Specification has it; of several that systemd
    has made the first (systemd.exec(5), StateDirectory=).

    :raises NotPrivate: the account has no home folder.
    """
    if given := os.environ.get(SETTING, "").split(":")[0]:
        return Path(given)
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():  # which the specification has ignored
        try:
            base = Path.home() / ".local" / "state"
        except RuntimeError as error:
            raise NotPrivate(
                "This account has no home folder for its schedule."
            ) from error
    return base / "health-record-api"
