"""Values kept in Redis for minutes, until the second half of something comes."""

import json
from datetime import timedelta
from typing import Any, cast

import redis

from phr.core.errors import Unavailable
from phr.core.redis_client import connection


def set(name: str, value: Any, *, lifetime: timedelta) -> None:  # noqa: A001 - as Redis names it
    """Keep a value under a name that only its owner can know or make up.

    :param value: as JSON can hold it.
    :raises Unavailable: Redis is away.
    """
    try:
        connection().set(f"pending:{name}", json.dumps(value), ex=lifetime)
    except redis.RedisError as error:
        raise Unavailable("Please try again in a moment.") from error


def get(name: str) -> Any:
    """The value under a name; None if it does not exist, or no longer.

    :raises Unavailable: Redis is away.
    """
    try:
        found = cast("bytes | None", connection().get(f"pending:{name}"))
    except redis.RedisError as error:
        raise Unavailable("Please try again in a moment.") from error
    return read(found)


def pop(name: str) -> Any:
    """As `get`, but once: of any number of simultaneous calls one gets the value."""
    try:
        found = cast("bytes | None", connection().getdel(f"pending:{name}"))
    except redis.RedisError as error:
        raise Unavailable("Please try again in a moment.") from error
    return read(found)


def read(found: bytes | None) -> Any:
    """:raises Unavailable: it is nothing that `set` has written."""
    try:
        return None if found is None else json.loads(found)
    except (TypeError, ValueError) as error:
        raise Unavailable("Please try again in a moment.") from error
