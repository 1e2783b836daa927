"""The keys of the ledger's seals: the one that signs, and those that still count."""

from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings


def sign(message: bytes) -> bytes:
    return private_key(settings.LEDGER_SIGNING_KEY).sign(message)


def is_signed(message: bytes, signature: bytes, key_id: str) -> bool:
    """Whether a key of this installation, the one of that name, signed the message."""
    public = known_keys().get(key_id)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4)
def private_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(secret.encode()).digest())


def public_key() -> bytes:
    """What proves the seals that are made now; to be noted outside of this server."""
    return private_key(settings.LEDGER_SIGNING_KEY).public_key().public_bytes_raw()


def name_of(public: bytes) -> str:
    return sha256(public).hexdigest()[:16]


def known_keys() -> dict[str, bytes]:
    """Public keys by name: of the key in use, and of those that were before it."""
    earlier = map(bytes.fromhex, settings.LEDGER_PREVIOUS_PUBLIC_KEYS)
    return {name_of(public): public for public in (*earlier, public_key())}
