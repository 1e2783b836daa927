"""Locks by which processes agree in PostgreSQL who goes first (advisory locks)."""

import time

from django.db.backends.base.base import BaseDatabaseWrapper

PREPARING = 0x6865616C7468  # making tables, filling them with the demo; any number
SECONDS_BETWEEN_TRIES = 0.2


def await_lock(connection: BaseDatabaseWrapper, number: int) -> None:
    """Wait until nobody else has the lock, and keep it until the transaction ends.

    By asking again and again: a statement that waited would have begun before an index
    that the other one builds concurrently, and each would wait for the other.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            if cursor.fetchone()[0]:
                return
            time.sleep(SECONDS_BETWEEN_TRIES)
