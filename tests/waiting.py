"""A call in a second connection that has to wait for the first."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

Result = TypeVar("Result")
PATIENCE = 20  # seconds

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


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
    patience_ends = time.monotonic() + PATIENCE
    while not is_somebody_waiting():
        assert not future.done(), f"It did not wait: {future.result()}"
        assert time.monotonic() < patience_ends
        time.sleep(0.01)
    return future


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        # Within a transaction the view would go on showing what it showed first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
