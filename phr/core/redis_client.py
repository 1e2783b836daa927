"""The one client of Redis, for which nobody waits long while it does not answer."""

from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from phr.core.circuit_breaker import CircuitBreaker
from phr.core.redis_address import client_for

log = structlog.get_logger(__name__)

SECONDS_TO_WAIT_FOR_REDIS = 0.5
SECONDS_BETWEEN_TRIES = 1
CHECK = ("check", "", "EX", 5)  # a key, its value, and for how many seconds


class BoundedRedis(redis.Redis):
    """Redis, for which few wait while it does not answer, and they not for long."""

    breaker: CircuitBreaker

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """:raises RedisError: it refuses, does not answer, or did not a moment ago."""
        if self.breaker.is_open:
            raise redis.ConnectionError("The server did not respond a moment ago.")
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis has no types there
        except redis.ResponseError:  # it answers, and says no
            raise
        except Exception as error:
            self.breaker.open()
            log.warning("redis_does_not_answer", error=type(error).__name__)
            if isinstance(error, redis.RedisError):
                raise
            # Its client trusts the numbers in what it reads.
            raise redis.InvalidResponse("This is no answer of a Redis.") from error

    def takes_commands(self) -> bool:
        """Whether it answers what writes; one that hangs for writers does not."""
        try:
            super().execute_command("SET", *CHECK)  # type: ignore[no-untyped-call] # as above
        except redis.ResponseError:
            return True
        except Exception:  # noqa: BLE001 - as above: no answer of a Redis
            return False
        return True


def connection() -> BoundedRedis:
    """The client of the Redis that the settings name now."""
    return client_of(settings.REDIS_URL)


@cache
def client_of(url: str) -> BoundedRedis:
    client = client_for(
        url,
        BoundedRedis,
        socket_connect_timeout=SECONDS_TO_WAIT_FOR_REDIS,
        socket_timeout=SECONDS_TO_WAIT_FOR_REDIS,
        # Asked again, it might count again. A connection that has been closed
        # meanwhile is found out before it is used.
        retry=Retry(NoBackoff(), 0),
    )
    client.breaker = CircuitBreaker(client.takes_commands, SECONDS_BETWEEN_TRIES)
    return client


def check() -> None:
    """See that Redis takes what it is given, which one that only reads does not.

    :raises RedisError: it does not, or cannot be reached.
    """
    connection().execute_command("SET", *CHECK)
