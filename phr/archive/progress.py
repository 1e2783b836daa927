"""How far a worker is; in Redis: its transaction shows nothing until it ends."""

import math
import time
from contextlib import suppress
from uuid import UUID

import redis

from phr.core.redis_client import connection

SECONDS_KEPT = 120  # after a worker's death an export counts as waiting again
SECONDS_BETWEEN = 0.5


class Progress:
    """Counts what is done of one export and tells it now and then."""

    def __init__(self, export_id: UUID) -> None:
        self.export_id = export_id
        self.done, self.total = 0, 0
        self.told_at = 0.0
        self.tell()

    def expect(self, more: int) -> None:
        self.total += more

    def add(self, done: int = 1) -> None:
        self.done += done
        if time.monotonic() - self.told_at >= SECONDS_BETWEEN:
            self.tell()

    def tell(self) -> None:
        """Without Redis the export continues, and waits for it only once."""
        percent = min(99, 100 * self.done // max(self.total, 1))
        self.told_at = time.monotonic()
        try:
            connection().set(key(self.export_id), percent, ex=SECONDS_KEPT)
        except redis.RedisError:
            self.told_at = math.inf

    def forget(self) -> None:
        if self.told_at < math.inf:
            with suppress(redis.RedisError):
                connection().delete(key(self.export_id))


def percent_of(export_id: UUID) -> int | None:
    """How much of an export is done; None if no worker is known to have it in hand."""
    with suppress(redis.RedisError, TypeError, ValueError):
        value = connection().get(key(export_id))
        return None if value is None else int(value)
    return None


def key(export_id: UUID) -> str:
    return f"archive:progress:{export_id}"
