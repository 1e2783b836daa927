"""Counters with a window of time, exact also when many requests come at once."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import cast

import redis
from django.conf import settings

from phr.core.errors import Quota, TooMany, Unavailable

SECONDS_TO_WAIT_FOR_REDIS = 2


@cache
def connection() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=SECONDS_TO_WAIT_FOR_REDIS,
        socket_timeout=SECONDS_TO_WAIT_FOR_REDIS,
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each `window` for one key."""

    name: str
    times: int
    window: timedelta

    def take(self, key: str, units: int = 1) -> None:
        """Count one attempt before it is made.

        Counting first, in one atomic step, is what holds against a burst: of any
        number of simultaneous attempts only `times` get past. What is refused is not
        made and so not counted: many who would succeed at once must not use up the
        window for those who come later.

        :param key: whom to count for; only its hash leaves this process.
        :param units: how much it counts for, such as bytes.
        :raises TooMany: the limit was reached already.
        :raises Unavailable: the counters cannot be reached.
        """
        name, seconds = self.key(key), int(self.window.total_seconds())
        try:
            wait = cast(
                int, connection().eval(TAKE, 1, name, self.times, seconds, units)
            )
        except redis.RedisError as error:
            raise Unavailable("Please try again in a moment.") from error
        if wait:
            quota = Quota(self.name, self.times, seconds)
            detail = "Please wait before you try again."
            raise TooMany(detail, retry_after=wait, quota=quota)

    def give_back(self, key: str, units: int = 1) -> None:
        """Take back what one attempt counted for, because it succeeded."""
        try:
            connection().eval(GIVE_BACK, 1, self.key(key), units)
        except redis.RedisError as error:
            raise Unavailable("Please try again in a moment.") from error

    def key(self, key: str) -> str:
        return f"limit:{self.name}:{sha256(key.encode()).hexdigest()}"


# Gives the seconds until the window ends if the limit is reached, else 0.
TAKE = """
redis.call("SET", KEYS[1], 0, "EX", ARGV[2], "NX")
if redis.call("INCRBY", KEYS[1], ARGV[3]) <= tonumber(ARGV[1]) then return 0 end
redis.call("DECRBY", KEYS[1], ARGV[3])
return math.max(redis.call("TTL", KEYS[1]), 1)
"""

# Only what the open window holds: on an expired key it would leave one without an end,
# and of a window that began meanwhile it would make more than was agreed.
GIVE_BACK = """
local counted = tonumber(redis.call("GET", KEYS[1]) or "0")
if counted > 0 then redis.call("DECRBY", KEYS[1], math.min(counted, ARGV[1])) end
"""


def ping() -> None:
    """:raises RedisError: the counters cannot be reached."""
    connection().ping()
