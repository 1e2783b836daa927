"""Waiting until something is so, and calls that have to wait for another connection."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, connections

Result = TypeVar("Result")
# In seconds. Much, for a busy machine: who waits goes on as soon as it is so.
PATIENCE = 120
TICK = 0.02

WAITING = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def wait_until(
    is_so: Callable[[], object],
    seen: Callable[[], object] = str,
    seconds: float = PATIENCE,
) -> None:
    """Wait until it is so; a test fails if it is not within the time.

    :param seen: what a reader of the failure wants to know: how it is instead.
    """
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            pytest.fail(f"It was not so after {seconds} seconds. {seen()}")
        time.sleep(TICK)


def started_and_waiting(call: Callable[[], Result]) -> Future[Result]:
    """Start a call in a thread, and return once PostgreSQL has it wait for a lock.

    Called within the transaction that holds the lock, which then ends either way.
    """

    def run() -> Result:
        try:
            return call()
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)

    def waits() -> bool:
        assert not future.done(), f"It did not wait: {future.result()}"
        return is_somebody_waiting()

    wait_until(waits)
    return future


def is_somebody_waiting() -> bool:
    return bool(waiting_backends())


def waiting_backends() -> list[int]:
    """The processes of PostgreSQL that wait for a lock on behalf of this test."""
    with connection.cursor() as cursor:
        # Within a transaction the view would go on showing what it showed first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return [pid for (pid,) in cursor.fetchall()]
