"""Clocks and time zones: codes of apps, tokens and the end of access depend on them."""

import ctypes
import time
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from phr.core import redis_client
from phr.operations.findings import Finding, Part

PART = Part("time")
# Tokens of other hosts are taken with this difference, and apps' codes count as long.
MOST_SECONDS = 30.0
WORTH_A_WARNING = 2.0
ADVICE = (
    "Synchronize the clocks of all machines by NTP (timedatectl set-ntp true), then "
    "restart the processes."
)
# Of adjtimex(2): the kernel's clock is not synchronized.
TIME_ERROR = 5
SIZE_OF_TIMEX = 512  # bytes; more than the structure has anywhere
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")


def examine_clock() -> Iterator[Finding]:
    """Whether somebody keeps this machine's clock right."""
    if (state := kernel_state()) is None:
        yield PART.note(
            "Whether the clock is synchronized cannot be seen here.", ADVICE
        )
    elif (
        state == TIME_ERROR and not Path("/run/systemd/timesync/synchronized").exists()
    ):
        yield PART.warning("The clock of this machine is not synchronized.", ADVICE)
    else:
        yield PART.ok("The clock of this machine is synchronized.")


def kernel_state() -> int | None:
    """What adjtimex(2) returns when it is only asked; None where there is none."""
    try:
        library = ctypes.CDLL(None)
        state = int(library.adjtimex(ctypes.create_string_buffer(SIZE_OF_TIMEX)))
    except (AttributeError, OSError):
        return None
    return state if state >= 0 else None  # a container may forbid it


def examine_time_zones() -> Iterator[Finding]:
    """Whether times of visits can be shown with their offset."""
    missing = set(ZONES) - zoneinfo.available_timezones()
    if missing:
        yield PART.error(
            f"Python has no data of time zones such as {min(missing)}.",
            "Install the package tzdata of the system, or `pip install tzdata`.",
        )
    else:
        yield PART.ok("Python has the data of time zones.")


def examine_database_clock() -> Iterator[Finding]:
    """Whether PostgreSQL's clock is ours, and it knows the same time zones."""
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        theirs = cursor.fetchone()[0]
        between = (before + time.time()) / 2
        cursor.execute(
            "SELECT count(*) FROM pg_timezone_names WHERE name = ANY(%s)", [list(ZONES)]
        )
        (known,) = cursor.fetchone()
    yield difference("PostgreSQL", between - theirs)
    if known < len(ZONES):
        yield PART.error(
            "PostgreSQL lacks data of time zones.",
            "Install tzdata where PostgreSQL runs, and restart it.",
        )


def examine_redis_clock() -> Iterator[Finding]:
    """Whether the clock of Redis is ours."""
    before = time.time()
    seconds, microseconds = redis_client.connection().time()
    between = (before + time.time()) / 2
    yield difference("Redis", between - (seconds + microseconds / 1e6))


def difference(server: str, seconds: float) -> Finding:
    """:param seconds: by which our clock is ahead of the server's."""
    if abs(seconds) < WORTH_A_WARNING:
        return PART.ok(f"The clock of this machine is that of {server}.")
    where = "ahead of" if seconds > 0 else "behind"
    says = f"The clock of this machine is {span(abs(seconds))} {where} that of {server}"
    if abs(seconds) < MOST_SECONDS:
        return PART.warning(f"{says}.", ADVICE)
    return PART.error(
        f"{says}: codes of authenticator apps are refused, tokens end too early or too "
        "late, and access opens and ends at wrong times.",
        ADVICE,
    )


def span(seconds: float) -> str:
    """A length of time in words, for example "1 h 0 min"."""
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} minutes"
