"""A small disk for PostgreSQL's data, which can be filled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 512 * 1024 * 1024  # bytes; PostgreSQL's own need some 150 MB
BALLAST = "ballast"


class NoDisk(Exception):
    """This machine lets us mount none."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Have a file system in memory at a folder.

    :raises NoDisk: why there can be none.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs"]
    try:
        made = subprocess.run(
            [*mount, folder], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise NoDisk("there is no program named mount") from None
    if made.returncode:
        raise NoDisk(made.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Leave no byte on the disk of a folder."""
    ballast = folder / BALLAST
    try:
        with ballast.open("wb", buffering=0) as file:
            while room := os.statvfs(folder).f_bavail * os.statvfs(folder).f_bsize:
                file.write(bytes(min(room, 1024 * 1024)))
        yield
    finally:
        ballast.unlink()
