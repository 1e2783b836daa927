"""What the tools say while they work."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

_one_line_at_a_time = threading.Lock()
# The step whose line still waits for its end.
_unfinished: list[str] = []


class CannotGoOn(Exception):
    """Something that only the person at the keyboard can put right; says what."""


def speak_plainly() -> None:
    """Let no character that the terminal cannot show end a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """Print a line at once."""
    with _one_line_at_a_time:
        if _unfinished:
            _unfinished.clear()
            write("\n")
        write(f"{text}\n")


def write(text: str) -> None:
    """Write; a terminal that has gone away is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a step, and how long it took or that it failed."""
    with _one_line_at_a_time:
        write(f"{what} ... ")
        _unfinished.append(what)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        finish(what, "not done")
        raise
    finish(what, f"{time.monotonic() - started:.1f} s")


def finish(what: str, result: str) -> None:
    """End the line of a step; on a new line, if others have spoken meanwhile."""
    with _one_line_at_a_time:
        write(f"{result}\n" if _unfinished else f"{what}: {result}\n")
        _unfinished.clear()
