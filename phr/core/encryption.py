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
    nonce = urandom(NONCE_BYTES)
    cipher = cipher_of(settings.ENCRYPTION_KEY)
    sealed = nonce + cipher.encrypt(nonce, text.encode(), belongs_to.encode())
    return urlsafe_b64encode(sealed).decode()


def decrypt(text: str, *, belongs_to: str) -> str:
    """Read what `encrypt` has made, with the present key or a previous one.

    :raises Unreadable: as it says.
    """
    try:
        sealed = urlsafe_b64decode(text)
    except ValueError:
        raise Unreadable(belongs_to) from None
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    for key in (settings.ENCRYPTION_KEY, *settings.ENCRYPTION_PREVIOUS_KEYS):
        try:
            return cipher_of(key).decrypt(nonce, rest, belongs_to.encode()).decode()
        except (InvalidTag, ValueError):  # not by this key, or too short
            continue
    raise Unreadable(belongs_to)
