"""How old the last backup is that was tried, noted in Redis for `doctor` and metrics.

Nothing depends on it: a Redis that has lost it knows it again after the next try.
"""

from datetime import datetime, timedelta

import redis
import structlog

from phr.core.redis_client import connection

log = structlog.get_logger(__name__)

KEY = "backup:verified"
OLD = timedelta(days=9)  # a backup every night, and one of them tried every week


def note_verified(made_at: datetime) -> None:
    """Note when the backup was made that has just passed; without Redis nothing is."""
    try:
        connection().set(KEY, made_at.isoformat())
    except redis.RedisError as error:
        log.warning("backup_not_noted", error=type(error).__name__)


def last_verified() -> datetime | None:
    """When the last backup that passed was made; None if nobody knows of one.

    :raises RedisError: Redis is away.
    """
    noted = connection().get(KEY)
    if not isinstance(noted, bytes):
        return None
    try:
        return datetime.fromisoformat(noted.decode())
    except ValueError:  # somebody else's
        return None
