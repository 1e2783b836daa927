"""Which routes cause which statements, for `manage.py slow_queries`.

PostgreSQL counts statements by their form and knows no routes. A comment in the SQL
would not tell: of a form that two routes share it keeps the first text, and a prepared
statement would be prepared for each route. So each process notes which form it has sent
for which route: once an hour, as a digest, in Redis, where it may be lost. A thread of
its own writes it there: a statement may hold locks, and waits for no Redis.

Lists that can be sorted by any columns have more forms than Redis has room for, so only
the newest notes are kept.
"""

import os
import re
from collections import deque
from hashlib import sha256
from threading import Thread
from time import monotonic, sleep, time

import redis
import structlog

from phr.core import observing, redis_client

log = structlog.get_logger(__name__)

KEY = "statements:routes"  # a sorted set of "digest route", by when that was noted
KEPT_FOR = 7 * 24 * 60 * 60  # seconds
ANEW_AFTER = 60 * 60.0
SECONDS_BETWEEN_NOTES = 2.0
MOST = 5_000  # pairs of a statement and a route in one process
MOST_WAITING = 10_000  # of them, to be written
MOST_AT_ONCE = 500
MOST_KEPT = 20_000  # of all processes: 4 MB
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
        self.to_write: deque[tuple[str | bytes, str]] = deque(maxlen=MOST_WAITING)
        self.began = monotonic()
        self.writing_process = 0  # a thread does not survive a fork

    def note(self, sql: str | bytes, route: str) -> None:
        """Remember that a route has sent a statement; waits for nobody.

        :raises RuntimeError: this process can begin no thread.
        """
        now = monotonic()
        if now - self.began > ANEW_AFTER or len(self.seen) >= MOST:
            self.seen, self.began = set(), now
        pair = (sql, route)
        if pair in self.seen:
            return
        self.seen.add(pair)
        self.to_write.append(pair)
        if self.writing_process != os.getpid():
            Thread(target=self.keep_writing, name="routes", daemon=True).start()
            self.writing_process = os.getpid()

    def keep_writing(self) -> None:
        while True:
            sleep(SECONDS_BETWEEN_NOTES)
            self.write()

    def write(self) -> None:
        """Write down what is new; what cannot be written is seen again in an hour."""
        try:
            while self.to_write:
                some = range(min(len(self.to_write), MOST_AT_ONCE))
                keep_noted([self.to_write.popleft() for _ in some])
        except redis.RedisError as error:
            self.to_write.clear()
            log.debug("routes_not_noted", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the thread has to go on
            self.to_write.clear()
            observing.note_failure("routes", error)


notes = Notes()


def keep_noted(pairs: list[tuple[str | bytes, str]]) -> None:
    """Write statements and their routes down, and leave out what is old.

    :raises RedisError: it takes nothing.
    """
    client, now = redis_client.connection(), time()
    client.zadd(KEY, {f"{digest_of(sql)} {route}": now for sql, route in pairs})
    client.zremrangebyscore(KEY, 0, now - KEPT_FOR)
    client.zremrangebyrank(KEY, 0, -MOST_KEPT - 1)
    client.expire(KEY, KEPT_FOR)


def digest_of(sql: str | bytes) -> str:
    return sha256(form_of(sql).encode()).hexdigest()[:24]


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
    wanted = f"{digest_of(sql)} *"
    found = redis_client.connection().zscan_iter(KEY, match=wanted, count=1_000)
    return sorted({member.decode().partition(" ")[2] for member, _ in found})
