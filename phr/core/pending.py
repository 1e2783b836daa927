"""What waits for the second half of something: kept in Redis, for minutes."""

import json
from datetime import timedelta
from typing import Any, cast

import redis

from phr.core.counters import connection
from phr.core.errors import Unavailable


def keep(name: str, value: Any, *, lifetime: timedelta) -> None:
    """Keep a value under a name that only its owner can know or make up.

    :param value: as JSON can hold it.
    :raises Unavailable: Redis is away.
    """
    try:
        connection().set(f"pending:{name}", json.dumps(value), ex=lifetime)
    except redis.RedisError as error:
        raise Unavailable("Please try again in a moment.") from error


def look(name: str) -> Any:
    """The value under a name; None if there is none, or none any more.

    :raises Unavailable: Redis is away.
    """
    try:
        found = cast("bytes | None", connection().get(f"pending:{name}"))
    except redis.RedisError as error:
        raise Unavailable("Please try again in a moment.") from error
    return read(found)


def take(name: str) -> Any:
    """As `look`, but once: of any number of simultaneous calls one gets the value."""
    try:
        found = cast("bytes | None", connection().getdel(f"pending:{name}"))
    except redis.RedisError as error:
        raise Unavailable("Please try again in a moment.") from error
    return read(found)


def read(found: bytes | None) -> Any:
    """:raises Unavailable: it is nothing that `keep` has written."""
    try:
        return None if found is None else json.loads(found)
    except (TypeError, ValueError) as error:
        raise Unavailable("Please try again in a moment.") from error
