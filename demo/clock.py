"""Travelling in time: Python's clock, the database's, and ids that repeat.

What services do then has the times of then by itself: rows, events and lines of the
ledger, the versions that triggers keep, and whether a grant was open.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from types import SimpleNamespace
from unittest.mock import patch

import time_machine
from django.db import connection

from phr.core import ids, wakeups
from phr.core.rate_limits import Limit

GoTo = Callable[[datetime], None]

# PostgreSQL looks for these functions here before it finds its own.
CLOCKS = ("now", "statement_timestamp", "transaction_timestamp", "clock_timestamp")
CLOCK = """
CREATE FUNCTION demo_clock.{name}() RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT current_setting('demo.now')::timestamptz $$;
"""
DECADE_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


@contextmanager
def travelling() -> Iterator[GoTo]:
    """Give what sets all clocks to a time; within it they stand still.

    To be called in a transaction. One that is rolled back takes the database's clock
    with it, and no other connection ever sees it.
    """
    with (
        time_machine.travel(DECADE_BEFORE, tick=False) as clock,
        repeatable_ids(),
        unnoticed_today(),
        connection.cursor() as cursor,
    ):

        def go_to(moment: datetime) -> None:
            clock.move_to(moment)
            set_config("demo.now", moment.isoformat())

        def set_config(name: str, value: str) -> None:
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])

        cursor.execute("SELECT current_setting('search_path')")
        (path,) = cursor.fetchone()
        go_to(DECADE_BEFORE)
        cursor.execute("CREATE SCHEMA demo_clock")
        cursor.execute("".join(CLOCK.format(name=name) for name in CLOCKS))
        set_config("search_path", f"demo_clock, pg_catalog, {path}")
        yield go_to
        set_config("search_path", path)
        cursor.execute("DROP SCHEMA demo_clock CASCADE")


@contextmanager
def repeatable_ids() -> Iterator[None]:
    """Have two loadings make the same ids, in the order in which rows are made."""
    numbers = count()

    def urandom(_size: int) -> bytes:
        number = next(numbers)
        rest = sha256(f"demo {number}".encode()).digest()[:5]
        return number.to_bytes(3, "big") + rest

    with patch.object(ids, "os", SimpleNamespace(urandom=urandom)):
        yield


@contextmanager
def unnoticed_today() -> Iterator[None]:
    """What was done years ago uses up none of today's attempts, and wakes no worker."""
    with (
        patch.object(Limit, "count", return_value=0),
        patch.object(wakeups, "wake_up"),
    ):
        yield
