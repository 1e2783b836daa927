"""Being asked to stop, and waiting in a way that notices it.

Signals only set a flag. Whoever waits does so through `pause` or `wait_for`, so a
stop never breaks into the middle of starting or ending a process.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

TICK = 0.05


class StopAsked(Exception):
    """Ctrl-C, SIGTERM, a closed terminal, or the death of the `make` we serve."""


_asked = threading.Event()
_hurried = threading.Event()
_make: list[int] = []


def listen() -> None:
    """Take SIGINT, SIGTERM and SIGHUP as "stop in order"; a second one as "hurry"."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _note)
    if "MAKELEVEL" in os.environ:
        _make.append(os.getppid())


def _note(_number: int, _frame: FrameType | None) -> None:
    (_hurried if _asked.is_set() else _asked).set()


def hurried() -> bool:
    return _hurried.is_set()


def check() -> None:
    """Raise StopAsked if somebody asked, or if `make` was killed over our head."""
    if _make and os.getppid() not in _make:
        _asked.set()
    if _asked.is_set():
        raise StopAsked


def pause(seconds: float) -> None:
    """Sleep, but wake for a stop.

    :raises StopAsked: at once.
    """
    check()
    _asked.wait(seconds)
    check()


def wait_for(ready: Callable[[], bool], seconds: float) -> bool:
    """Ask `ready` again and again until it is or the time is over.

    :raises StopAsked: somebody asked to stop meanwhile.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        pause(TICK)
    return True
