"""Texts that cost much to make and are asked for often, kept in Redis for minutes.

They are sealed: who reads Redis learns nothing. Without Redis each is made anew.
"""

import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import redis

from phr.core.encryption import Unreadable, seal, unseal
from phr.core.redis_client import connection

LIFETIME = timedelta(minutes=10)
QUICKLY = 1  # the level of compression: a text becomes a tenth, in half a millisecond


def find_text(name: str) -> str | None:
    """The text that is kept under a name; None if there is none that we have sealed."""
    key = key_of(name)
    with suppress(redis.RedisError, Unreadable, ValueError, zlib.error):
        if kept := connection().get(key):
            return opened(kept, key)
    return None


def keep_text(name: str, text: str) -> None:
    """Keep a text, if Redis is there.

    :param name: must be another one for each other text, and for everybody to whom it
        would say something else.
    """
    key = key_of(name)
    with suppress(redis.RedisError):
        connection().set(key, closed(text, key), ex=LIFETIME)


def key_of(name: str) -> str:
    return f"kept:{sha256(name.encode()).hexdigest()}"


def closed(text: str, key: str) -> bytes:
    return b64encode(seal(zlib.compress(text.encode(), QUICKLY), belongs_to=key))


def opened(kept: bytes | str, key: str) -> str:
    """:raises Unreadable, ValueError, zlib.error: `closed` has not made it."""
    return zlib.decompress(unseal(b64decode(kept), belongs_to=key)).decode()
