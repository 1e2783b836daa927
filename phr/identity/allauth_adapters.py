"""What django-allauth asks of us, so that it keeps to this server's rules."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from phr.accounts.models import User
from phr.core.request_origin import current_origin

NO_ADDRESS = "::"
SERVICE = "Health Record API"
WHITE = '<rect width="100%" height="100%" fill="#fff"/>'


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # it has no types
    def get_client_ip(self, request: HttpRequest) -> str:
        """Believe forwarding headers as little as everywhere else."""
        return current_origin.get().address or NO_ADDRESS


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # it has no types
    """Names under which authenticator apps and passkeys show this server's accounts.

    They come from the settings: a Host header must not choose what a passkey is for.
    """

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return SERVICE

    def build_totp_svg(self, url: str) -> str:
        """Draw the code on white: black on a dark page is read by no camera."""
        drawn: str = super().build_totp_svg(url)
        return drawn.replace("<path ", f"{WHITE}<path ", 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": SERVICE}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {
            "id": str(user.pk).encode(),
            "display_name": user.username,
            "name": user.username,
        }
