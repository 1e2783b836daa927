"""At most one `make run` in a checkout, told by a lock that a killed run lets go of."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from dev import stopping
from dev.console import CannotGoOn, say

# How long a killed run's guard may take to end what that run had started.
CLEANING = 60.0
# How long after a kill the system may still show the process.
LINGERING = 1.0


@contextlib.contextmanager
def only_run(path: Path) -> Iterator[int]:
    """Hold the lock; yield its descriptor, for a guard to hold it on.

    :raises CannotGoOn: another run of this checkout is up.
    """
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        wait_for_lock(lock)
        note(lock, os.getpid())
        yield lock
    finally:
        os.close(lock)


def wait_for_lock(lock: int) -> None:
    """Take the lock, awaiting the guard of a killed run if need be."""
    told = False
    started = time.monotonic()
    while not take(lock):
        waited = time.monotonic() - started
        owner = noted(lock)
        if waited > (LINGERING if is_running(owner) else CLEANING):
            raise CannotGoOn(
                f"`make run` is already up in this checkout (process {owner}). "
                "Stop it first (Ctrl-C there)."
            )
        if waited > LINGERING and not told:
            told = True
            say("Waiting until the processes of a killed run have ended.")
        stopping.pause(stopping.TICK)


def take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def note(lock: int, pid: int) -> None:
    disown(lock)
    os.pwrite(lock, str(pid).encode(), 0)


def disown(lock: int) -> None:
    """Take our number out: a new run then waits for our end instead of giving up."""
    os.ftruncate(lock, 0)


def noted(lock: int) -> int:
    """Which process wrote its number into the lock; 0 if none did."""
    return int(os.pread(lock, 20, 0) or 0)


def is_running(pid: int) -> bool:
    if pid == 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        pass
    return True
