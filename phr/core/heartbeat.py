"""Signs of life that beat and workers leave in Redis, for `doctor` and for metrics.

The beat that leads writes when it ticked; workers answer when `manage.py doctor` asks.
These are notes on which nothing depends: Redis may lose them.
"""

from typing import cast

import redis
import structlog

from phr.core import redis_client

log = structlog.get_logger(__name__)

KEY = "beat:ticked"
KEPT_FOR = 7 * 24 * 60 * 60  # seconds
SILENT_AFTER = 60.0  # seconds; beat ticks every few
ANSWER_KEPT_FOR = 60  # seconds


def note_tick(at: float) -> None:
    """Write that beat is alive; while Redis is unavailable nothing is written."""
    try:
        redis_client.connection().set(KEY, f"{at:.3f}", ex=KEPT_FOR)
    except redis.RedisError as error:
        log.debug("tick_not_noted", error=type(error).__name__)


def last_tick() -> float | None:
    """When beat ticked last, in seconds since 1970; None if not in the last week.

    :raises RedisError: nobody can say.
    """
    ticked = cast("bytes | None", redis_client.connection().get(KEY))
    return float(ticked) if ticked else None


def answer(token: str, queue: str) -> None:
    """Note that a worker of this queue has run the task of this token.

    :raises RedisError: it could not be noted.
    """
    redis_client.connection().sadd(answers_to(token), queue)
    redis_client.connection().expire(answers_to(token), ANSWER_KEPT_FOR)


def answered(token: str) -> set[str]:
    """The queues of which a worker has run the task of this token.

    :raises RedisError: nobody can say.
    """
    members = cast(set[bytes], redis_client.connection().smembers(answers_to(token)))
    return {name.decode() for name in members}


def answers_to(token: str) -> str:
    return f"doctor:{token}"
