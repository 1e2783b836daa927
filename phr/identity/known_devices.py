"""Devices that an account has signed in with, known again by what they show.

It opens nothing: guesses that come with it count apart from those of strangers at the
same address (ADR 50).
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing

from phr.accounts.models import User
from phr.core.ids import uuid7

DEVICE_IS_KNOWN_FOR = timedelta(days=365)
SIGNER = signing.TimestampSigner(salt="phr.accounts.device")


def new_device(user: User) -> str:
    """What a browser is to show at its next sign-in; it opens nothing."""
    return SIGNER.sign(f"{user.pk.hex}.{uuid7().hex}")


def device_of(user_id: UUID | None, shown: str) -> str | None:
    """The id of a device that was given to this account, lately, by this server."""
    owner, device = read_device(shown)
    return device if user_id is not None and owner == user_id.hex else None


def owner_of(shown: str) -> str | None:
    """The account that this server gave a device to, lately; as 32 hex digits."""
    owner, _ = read_device(shown)
    return owner


def read_device(shown: str) -> tuple[str | None, str | None]:
    """The account and the id that a device's cookie names, if it is one of ours."""
    try:
        value = SIGNER.unsign(shown, max_age=DEVICE_IS_KNOWN_FOR)
    except signing.BadSignature:
        return None, None
    owner, _, device = value.partition(".")
    return owner, device
