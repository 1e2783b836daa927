"""Space on the disks of this machine that the program writes to."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from phr.operations.findings import Finding, Part

PART = Part("disk")
GIB = 1024**3
LEAST = GIB  # for uploaded bodies and one export at a time
TIGHT = 0.1  # of the disk


def examine() -> Iterator[Finding]:
    """Folders for temporary files and for what beat keeps."""
    for what, folder in places():
        yield from of_folder(what, folder)


def places() -> Iterator[tuple[str, Path]]:
    yield "temporary files", Path(tempfile.gettempdir())
    if given := os.environ.get("STATE_DIRECTORY", "").split(":")[0]:
        yield "the schedule of beat", Path(given)


def of_folder(what: str, folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        yield PART.warning(f"The folder of {what} is missing.", f"Make {folder}.")
        return
    if not os.access(folder, os.W_OK):
        yield PART.error(f"The folder of {what} cannot be written.", f"See {folder}.")
        return
    usage = shutil.disk_usage(folder)
    free = f"{usage.free / GIB:.1f} GiB of {usage.total / GIB:.1f} are free"
    if usage.free < min(LEAST, usage.total * TIGHT):
        yield PART.error(
            f"The disk of {what} is nearly full: {free}.",
            "Make room, or set TMPDIR to another disk. PostgreSQL stops when its own "
            "disk is full: watch that one as well.",
        )
    else:
        yield PART.ok(f"There is space for {what}: {free}.")
