"""Secrets that must be read again, kept so that the database alone gives none away."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import sha256
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2


class Unreadable(ValueError):
    """No key of this installation opens it, or it belongs to something else."""


@cache
def cipher_of(key: str) -> AESGCM:
    return AESGCM(sha256(b"encryption:" + key.encode()).digest())


def encrypt(text: str, *, belongs_to: str) -> str:
    """Encrypt a text with AES-256-GCM under `ENCRYPTION_KEY`.

    :param belongs_to: what it is a secret of, for example "totp:<user id>". Moved to
        another row it cannot be read.
    """
    return urlsafe_b64encode(seal(text.encode(), belongs_to=belongs_to)).decode()


def decrypt(text: str, *, belongs_to: str) -> str:
    """Read what `encrypt` has made, with the present key or a previous one.

    :raises Unreadable: as it says.
    """
    try:
        return unseal(urlsafe_b64decode(text), belongs_to=belongs_to).decode()
    except ValueError:
        raise Unreadable(belongs_to) from None


def seal(content: bytes, *, belongs_to: str) -> bytes:
    """The same as `encrypt`, for what is no text and need not become one."""
    nonce = urandom(NONCE_BYTES)
    cipher = cipher_of(settings.ENCRYPTION_KEY)
    return nonce + cipher.encrypt(nonce, content, belongs_to.encode())


def unseal(sealed: bytes, *, belongs_to: str) -> bytes:
    """Read what `seal` has made, with the present key or a previous one.

    :raises Unreadable: as it says.
    """
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    for key in (settings.ENCRYPTION_KEY, *settings.ENCRYPTION_PREVIOUS_KEYS):
        try:
            return cipher_of(key).decrypt(nonce, rest, belongs_to.encode())
        except (InvalidTag, ValueError):  # not by this key, or too short
            continue
    raise Unreadable(belongs_to)
