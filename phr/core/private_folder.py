"""Folders that nobody else can write to, for what is believed when it is read."""

import os
import stat
from pathlib import Path


class NotPrivate(Exception):
    """Others may have put there what lies in a folder; says so in a sentence."""


def private_folder(path: Path, mode: int = 0o700) -> Path:
    """Make a folder, or see that the one there is ours and that only we write to it.

    One that is there keeps its rights: others may have to read what is in it.

    :param mode: the rights of a new one, which give writing to nobody else.
    :raises NotPrivate: it cannot be made, or is not ours alone.
    """
    try:
        if not os.path.lexists(path):
            path.mkdir(mode=mode, parents=True, exist_ok=True)
            path.chmod(mode)  # whatever the umask was
        found = path.lstat()  # a link may be somebody else's, and lead anywhere
    except OSError as error:
        raise NotPrivate(f"Cannot make the folder {path}: {error.strerror}.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise NotPrivate(f"{path} belongs to another user.")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise NotPrivate(f"Other users can write to {path}.")
    return path


def can_be_replaced(path: Path) -> bool:
    """Whether others may put another folder in its place, or in that of one above.

    The folders above this very code do not count: who writes there needs no detour.
    """
    above = set(path.parents) - set(Path(__file__).resolve().parents)
    return any(others_move_what_is_in(folder.stat()) for folder in above)


def others_move_what_is_in(folder: os.stat_result) -> bool:
    open_to_all = folder.st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH
    return open_to_all or folder.st_uid not in (0, os.geteuid())
