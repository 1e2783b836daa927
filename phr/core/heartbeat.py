"""Signs of life that beat and workers leave in Redis, for `doctor` and for metrics.

Each beat writes when it began and when it last ticked, so that two at once are seen;
workers answer when `manage.py doctor` asks. These are notes on which nothing depends:
Redis may lose them.
"""

import time
from dataclasses import dataclass
from typing import Any, cast

import redis
import structlog

from phr.core import redis_client

log = structlog.get_logger(__name__)

KEY = "beat:ticks"
KEPT_FOR = 7 * 24 * 60 * 60  # seconds
# Beat ticks at least every 15 seconds: the shortest interval of its schedule.
SILENT_AFTER = 60.0  # seconds
ANSWER_KEPT_FOR = 60  # seconds


@dataclass(frozen=True, slots=True)
class Beat:
    """One process of beat.

    :param name: its host, process and a random part.
    :param began: when it ticked first, in seconds since 1970, as the next.
    :param ticked: when it ticked last.
    """

    name: str
    began: float
    ticked: float

    def is_alive(self, at: float) -> bool:
        return at - self.ticked < SILENT_AFTER


def note_tick(name: str, *, began: float, at: float) -> None:
    """Write that a beat is alive; while Redis is unavailable nothing is written.

    What beats have left that were killed more than a week ago goes.
    """
    try:
        redis_client.connection().hset(KEY, name, f"{began:.3f} {at:.3f}")
        redis_client.connection().expire(KEY, KEPT_FOR)
        for beat in beats():
            if at - beat.ticked > KEPT_FOR:
                redis_client.connection().hdel(KEY, beat.name)
    except redis.RedisError as error:
        log.debug("tick_not_noted", error=type(error).__name__)


def forget(name: str) -> None:
    """Take away what an ending beat wrote."""
    try:
        redis_client.connection().hdel(KEY, name)
    except redis.RedisError as error:
        log.debug("tick_not_forgotten", error=type(error).__name__)


def beats() -> list[Beat]:
    """Every beat of the last week that was not ended properly, last tick first.

    :raises RedisError: nobody can say.
    """
    noted = cast(dict[bytes, bytes], redis_client.connection().hgetall(KEY))
    found = [beat for name, times in noted.items() if (beat := parse(name, times))]
    return sorted(found, key=lambda beat: beat.ticked, reverse=True)


def parse(name: Any, times: Any) -> Beat | None:
    try:
        began, ticked = map(float, times.split())
        return Beat(name.decode(), began, ticked)
    except ValueError:  # somebody else's
        return None


def last_tick() -> float | None:
    """When any beat ticked last, in seconds since 1970; None if none has.

    :raises RedisError: nobody can say.
    """
    return next((beat.ticked for beat in beats()), None)


def alive(at: float | None = None) -> list[Beat]:
    """The beats that tick now; more than one is harmless, and one too many.

    One that was killed and followed by another did not tick after that one began.

    :raises RedisError: nobody can say.
    """
    now = time.time() if at is None else at
    heard = [beat for beat in beats() if beat.is_alive(now)]
    newest_start = max((beat.began for beat in heard), default=0.0)
    return [beat for beat in heard if beat.ticked >= newest_start]


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
