"""Where beat keeps what it has started when: in a folder that is its own.

The schedule is a pickled shelf: anybody who can replace it can make beat run their code
(docs/adr/0063). Beat leaves a sign of life at each tick.
"""

import os
import secrets
import socket
import time
from pathlib import Path
from typing import Any

import redis
import structlog
from celery import Celery
from celery.beat import PersistentScheduler

from config.alive_file import touch_alive_file
from phr.core.private_folder import NotPrivate, can_be_replaced, private_folder

log = structlog.get_logger(__name__)

SETTING = "STATE_DIRECTORY"
SECONDS_BETWEEN_NOTES = 5.0


class PrivateScheduler(PersistentScheduler):  # type: ignore[misc]  # untyped
    def __init__(self, app: Celery, *, schedule_filename: str, **options: Any) -> None:
        """:raises SystemExit: others could write where the schedule is to be."""
        try:
            file = schedule_file(schedule_filename)
        except NotPrivate as reason:
            raise SystemExit(
                f"beat: {reason} Set {SETTING} to a folder that is yours alone."
            ) from None
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.began, self.noted = time.time(), 0.0
        self.others: set[str] = set()
        super().__init__(app, schedule_filename=str(file), **options)

    def tick(self, *args: Any, **options: Any) -> Any:
        """Queue what is due, and say that this beat is alive."""
        if (now := time.time()) - self.noted >= SECONDS_BETWEEN_NOTES:
            self.noted = now
            touch_alive_file()
            self.note(now)
        return super().tick(*args, **options)

    def note(self, now: float) -> None:
        """Leave a sign of life, and name each other beat, which is harmless, once."""
        from phr.core import heartbeat  # with Django, which is set up by then

        heartbeat.note_tick(self.name, began=self.began, at=now)
        try:
            others = {beat.name for beat in heartbeat.alive(now)} - {self.name}
        except redis.RedisError:
            return
        for other in sorted(others - self.others):
            log.warning("another_beat", name=other)
        self.others = others

    def close(self) -> None:
        from phr.core import heartbeat

        super().close()
        if self.noted:
            heartbeat.forget(self.name)


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
