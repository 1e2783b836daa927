"""Texts that cost much to make and are asked for often, kept in Redis for minutes.

They are sealed: who reads Redis learns nothing. Without Redis each is made anew.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import redis

from phr.core.encryption import Unreadable, decrypt, encrypt
from phr.core.redis_client import connection

LIFETIME = timedelta(minutes=10)
QUICKLY = 1  # the level of compression: a text becomes a tenth, in half a millisecond


def kept_text(name: str, make: Callable[[], str]) -> str:
    """The text of this name, made now if it is not kept.

    :param name: must be another one whenever `make` would make another text, and for
        everybody to whom it would say something else.
    """
    key = f"kept:{sha256(name.encode()).hexdigest()}"
    with suppress(redis.RedisError, Unreadable, ValueError, zlib.error):
        if sealed := connection().get(key):
            return opened(sealed, key)
    text = make()
    with suppress(redis.RedisError):
        connection().set(key, closed(text, key), ex=LIFETIME)
    return text


def closed(text: str, key: str) -> str:
    small = b64encode(zlib.compress(text.encode(), QUICKLY)).decode()
    return encrypt(small, belongs_to=key)


def opened(sealed: bytes | str, key: str) -> str:
    """:raises Unreadable, ValueError, zlib.error: `closed` has not made it."""
    text = sealed if isinstance(sealed, str) else sealed.decode()
    small = decrypt(text, belongs_to=key)
    return zlib.decompress(b64decode(small)).decode()
