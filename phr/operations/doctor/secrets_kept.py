"""Secrets in the database: readable with the keys of this installation."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator

from phr.core.encryption import Unreadable
from phr.identity.totp import secret_of
from phr.operations.findings import Finding, Part

PART = Part("secrets")
MOST = 1_000  # are tried; another key shows at once


def examine() -> Iterator[Finding]:
    """Whether the secrets of authenticator apps can be read, the newest first."""
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    newest = list(apps.order_by("-pk")[:MOST])
    unreadable = sum(not is_readable(each) for each in newest)
    if unreadable:
        yield PART.error(
            f"{unreadable} of {len(newest)} secrets of authenticator apps cannot be "
            "read with these keys: their owners cannot sign in with codes.",
            "Add the key they were set up under to ENCRYPTION_PREVIOUS_KEYS.",
        )
    else:
        yield PART.ok("All secrets of authenticator apps can be read.")


def is_readable(app: Authenticator) -> bool:
    try:
        secret_of(app)
    except (Unreadable, KeyError):
        return False
    return True
