"""Which routes cause which statements, for `manage.py slow_queries`.

PostgreSQL counts statements by their form and knows no routes. A comment in the SQL
would not tell: of a form that two routes share it keeps the first text, and a prepared
statement would be prepared for each route. So each process notes which form it has sent
for which route: once an hour, as a digest, in Redis, where it may be lost.
"""

import re
from hashlib import sha256
from time import monotonic
from typing import cast

import redis
import structlog

from phr.core import redis_client

log = structlog.get_logger(__name__)

KEY = "statements:routes:"
KEPT_FOR = 7 * 24 * 60 * 60  # seconds
ANEW_AFTER = 60 * 60.0
SECONDS_BETWEEN_NOTES = 2.0
MOST = 5_000  # pairs of a statement and a route in one process
# What PostgreSQL, Django and libpq each write in their own way where a value stands.
VALUE = re.compile(
    r"E?'(?:[^']|'')*'|\$\d+|%s|(?<![\w$])\d+(?:\.\d+)?\b|\b(?:NULL|true|false)\b",
    re.IGNORECASE,
)
CAST = re.compile(
    r"\?::(?:timestamp with(?:out)? time zone|double precision|character varying|\w+)"
    r"(?:\(\?\))?(?:\[\])?"
)
LIST = re.compile(r"\?(?:\s*,\s*\?)+|\?\s*/\*, \.\.\. \*/")


class Notes:
    """What one process has seen, and has yet to write down."""

    def __init__(self) -> None:
        self.seen: set[tuple[str | bytes, str]] = set()
        self.to_write: list[tuple[str | bytes, str]] = []
        self.began = self.written = monotonic()

    def note(self, sql: str | bytes, route: str) -> None:
        """Remember that a route has sent a statement."""
        now = monotonic()
        if now - self.began > ANEW_AFTER or len(self.seen) >= MOST:
            self.seen, self.began = set(), now
        pair = (sql, route)
        if pair not in self.seen:
            self.seen.add(pair)
            self.to_write.append(pair)
        if self.to_write and now - self.written > SECONDS_BETWEEN_NOTES:
            self.write(now)

    def write(self, now: float) -> None:
        """Write down what is new; what cannot be written is seen again in an hour."""
        pairs, self.to_write, self.written = self.to_write, [], now
        try:
            pipeline = redis_client.connection().pipeline(transaction=False)
            for sql, route in pairs:
                key = key_of(sql)
                pipeline.sadd(key, route)
                pipeline.expire(key, KEPT_FOR)
            pipeline.execute()
        except redis.RedisError as error:
            log.debug("routes_not_noted", error=type(error).__name__)


notes = Notes()


def key_of(sql: str | bytes) -> str:
    return KEY + sha256(form_of(sql).encode()).hexdigest()[:24]


def form_of(sql: str | bytes) -> str:
    """A statement without values, alike whoever has written it down."""
    text = sql if isinstance(sql, str) else sql.decode(errors="replace")
    text = " ".join(VALUE.sub("?", text.replace("%%", "%")).split())
    text = CAST.sub("?", text)
    return LIST.sub("?", text)


def routes_of(sql: str) -> list[str]:
    """The routes and tasks that have sent a statement in the last week.

    :raises RedisError: nobody can say.
    """
    found = cast(set[bytes], redis_client.connection().smembers(key_of(sql)))
    return sorted(route.decode() for route in found)
