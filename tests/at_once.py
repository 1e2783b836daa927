"""Many requests at the same moment, each in a thread with its own connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection, connections

Result = TypeVar("Result")


def all_at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Start all calls together and give their results in the same order.

    Needs `django_db(transaction=True)`: other connections see committed rows only.
    """
    barrier = Barrier(len(calls), timeout=30)

    def run(call: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()  # takes longer than most requests
            barrier.wait()
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, c) for c in calls]]
