"""Sending a file for as long as its reader takes, without starving everybody else."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Generic, TypeVar

from phr.core.errors import Unavailable

Part = TypeVar("Part", str, bytes)

# A slow reader holds a thread, and a process has only four of them (config/asgi.py).
PLACES = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Chunks(Generic[Part]):
    """What is sent, and what is given back when all is sent or the client has gone.

    :param close: the server calls it, too; a second call must do nothing.
    """

    chunks: Iterable[Part]
    close: Callable[[], None]

    def __iter__(self) -> Iterator[Part]:
        try:
            yield from self.chunks
        finally:
            self.close()


def take_place(held: ExitStack) -> None:
    """Take one of this process's places for sending files, until `held` is closed.

    :raises Unavailable: all are taken.
    """
    if not PLACES.acquire(blocking=False):
        raise Unavailable("Other files are being sent. Please try again in a moment.")
    held.callback(PLACES.release)
