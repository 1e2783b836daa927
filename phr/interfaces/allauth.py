"""What django-allauth asks of us, so that it keeps to this server's rules."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from phr.accounts.models import User
from phr.core import pending
from phr.core.origin import current_origin
from phr.interfaces.signing_in import begin_session

NO_ADDRESS = "::"
SERVICE = "Health Record API"
CEREMONY_LASTS = timedelta(minutes=5)


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

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": SERVICE}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {
            "id": str(user.pk).encode(),
            "display_name": user.username,
            "name": user.username,
        }


class LoginSessionTokens(AbstractTokenStrategy):  # type: ignore[misc] # it has no types
    """How allauth's headless side keeps a ceremony, and whom it signs in with what.

    Between its two requests a ceremony is kept in Redis, for five minutes and for one
    answer: of two that answer at once, one finds it. What comes of it are our tokens.
    """

    def create_session_token(self, request: HttpRequest) -> str:
        token = token_urlsafe(24)
        state = dict(request.session)
        pending.keep(f"ceremony:{token}", state, lifetime=CEREMONY_LASTS)
        return token

    def lookup_session(self, session_token: str) -> Any:
        return pending.take(f"ceremony:{session_token}")

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a login session for the user of a ceremony that has succeeded."""
        assert isinstance(request.user, User)
        tokens = begin_session(user=request.user, at=timezone.now(), second_factor=True)
        return {"access": tokens.access, "refresh": tokens.refresh}
