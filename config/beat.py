"""Where beat keeps what it has started when: in a folder that is its own.

The schedule is a pickled shelf: anybody who can replace it can make beat run their code
(docs/adr/0063).
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler

from phr.core.private_folder import NotPrivate, can_be_replaced, private_folder

SETTING = "STATE_DIRECTORY"


class PrivateScheduler(PersistentScheduler):  # type: ignore[misc]  # untyped
    def __init__(self, app: Celery, *, schedule_filename: str, **options: Any) -> None:
        """:raises SystemExit: others could write where the schedule is to be."""
        try:
            file = schedule_file(schedule_filename)
        except NotPrivate as reason:
            raise SystemExit(
                f"beat: {reason} Set {SETTING} to a folder that is yours alone."
            ) from None
        super().__init__(app, schedule_filename=str(file), **options)


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
