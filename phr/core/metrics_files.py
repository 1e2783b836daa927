"""Files of counts whose space is set aside before it is used.

prometheus_client maps files with holes into memory. Where the disk is full when one is
written to, the kernel ends the process (SIGBUS), and nothing can catch that.
"""

import mmap
import os
from pathlib import Path
from typing import Any

from prometheus_client import mmap_dict

from phr.core import observing

FIRST_SIZE = 1 << 16  # bytes, as prometheus_client makes them
MOST_BESIDE_KEY = 32  # bytes of an entry: its length, padding, value and time


class ReservedFile(mmap_dict.MmapedDict):
    """A file of counts that has the space it says it has.

    :raises OSError: there is none left, or the file cannot be opened.
    """

    def __init__(self, filename: str) -> None:
        with Path(filename).open("ab") as file:
            try:
                reserve(file, max(file.tell(), FIRST_SIZE))
            except OSError:
                if not file.tell():
                    Path(filename).unlink(missing_ok=True)
                raise
        super().__init__(filename)  # type: ignore[no-untyped-call] # has no types

    def _init_value(self, key: str) -> None:
        needed, size = self._used + len(key.encode()) + MOST_BESIDE_KEY, self._capacity
        while size < needed:
            size *= 2
        if size > self._capacity:
            self.make_room(size)
        super()._init_value(key)  # type: ignore[no-untyped-call] # as above

    def make_room(self, size: int) -> None:
        reserve(self._f, size)


class ReservedOrOwn(ReservedFile):
    """The same, which goes on in memory of its own where there is no space."""

    def __init__(self, filename: str) -> None:
        try:
            super().__init__(filename)
        except OSError as error:
            observing.note_failure("metrics_files", error)
            self._positions: dict[str, int] = {}
            self._used = 8
            self.go_on_in_memory(FIRST_SIZE, b"")

    def make_room(self, size: int) -> None:
        try:
            super().make_room(size)
        except OSError as error:
            observing.note_failure("metrics_files", error)
            self._f.close()
            self.go_on_in_memory(size, self._m[: self._used])

    def go_on_in_memory(self, size: int, so_far: bytes) -> None:
        """The file keeps what it has, and is still read, but it grows no more."""
        # It takes the place of a file that is open, and has no space to set aside.
        self._f = Path(os.devnull).open("a+b")  # noqa: SIM115 - close() closes it
        self._m = mmap.mmap(-1, size)
        self._m[: len(so_far)] = so_far
        self._capacity = size


def reserve(file: Any, size: int) -> None:
    os.posix_fallocate(file.fileno(), 0, size)
