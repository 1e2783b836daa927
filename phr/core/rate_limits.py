"""Rate limits: so many attempts in a window of time, exact also in a burst.

They are counted in Redis. While it is unavailable, or hangs, the database counts.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import redis
from django.utils.translation import gettext as _

from phr.core import rate_limit_fallback, redis_client
from phr.core.errors import Quota, TooMany
from phr.core.metrics import THROTTLED


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

        :param key: who to count for; only its hash leaves this process.
        :param units: how much it counts for, such as bytes.
        :raises TooMany: the limit was reached already.
        :raises Unavailable: neither Redis nor the database can count.
        """
        if wait := self.count(self.key(key), units):
            quota = Quota(self.name, self.times, int(self.window.total_seconds()))
            THROTTLED.labels(self.name).inc()
            detail = _("Please wait before you try again.")
            raise TooMany(detail, retry_after=wait, quota=quota)

    def count(self, name: str, units: int) -> int:
        """:returns: seconds until the window ends if the limit is reached, else 0."""
        seconds = int(self.window.total_seconds())
        values = (self.times, seconds, units)
        wait = ask(TAKE, name, *values)
        return rate_limit_fallback.take(name, *values) if wait is None else wait

    def give_back(self, key: str, units: int = 1) -> None:
        """Take back what one attempt counted for, because it succeeded.

        :raises Unavailable: neither Redis nor the database can count.
        """
        name = self.key(key)
        if not ask(GIVE_BACK, name, units):  # it was counted where Redis was not
            rate_limit_fallback.give_back(name, units)

    def key(self, key: str) -> str:
        return f"limit:{self.name}:{sha256(key.encode()).hexdigest()}"


def take_all(*attempts: tuple[Limit, str]) -> None:
    """Count one attempt under each of these limits, or under none if one is reached.

    :param attempts: limits, each with the key to count for.
    :raises TooMany: one was reached already.
    :raises Unavailable: neither Redis nor the database can count.
    """
    for number, (limit, key) in enumerate(attempts):
        try:
            limit.take(key)
        except TooMany:
            for earlier, its_key in attempts[:number]:
                earlier.give_back(its_key)
            raise


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
return counted
"""


def ask(script: str, key: str, *values: int) -> int | None:
    """The number that a script answers about a key; None without such an answer."""
    try:
        answer = redis_client.connection().eval(script, 1, key, *values)
    except redis.RedisError:
        return None
    return answer if isinstance(answer, int) else None
