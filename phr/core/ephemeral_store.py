"""Values kept in Redis for minutes, until the second half of something comes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import redis
from django.utils.translation import gettext as _

from phr.core.errors import Unavailable
from phr.core.redis_client import connection


def set(name: str, value: Any, *, lifetime: timedelta) -> None:  # noqa: A001 - as Redis names it
    """Keep a value under a name that only its owner can know or make up.

    :param value: as JSON can hold it.
    :raises Unavailable: Redis is away.
    """
    text = json.dumps(value)
    with redis_or_unavailable():
        connection().set(f"pending:{name}", text, ex=lifetime)


def get(name: str) -> Any:
    """The value under a name; None if it does not exist, or no longer.

    :raises Unavailable: Redis is away.
    """
    with redis_or_unavailable():
        return read(connection().get(f"pending:{name}"))


def pop(name: str) -> Any:
    """As `get`, but once: of any number of simultaneous calls one gets the value."""
    with redis_or_unavailable():
        return read(connection().getdel(f"pending:{name}"))


def read(found: Any) -> Any:
    return None if found is None else json.loads(found)


@contextmanager
def redis_or_unavailable() -> Iterator[None]:
    """:raises Unavailable: Redis is away, or has nothing that `set` has written."""
    try:
        yield
    except (redis.RedisError, TypeError, ValueError) as error:
        raise Unavailable(_("Please try again in a moment.")) from error
