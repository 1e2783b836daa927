"""What django-allauth asks of us, so that it keeps to this server's rules."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from phr.core.origin import current_origin

NO_ADDRESS = "::"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # it has no types
    def get_client_ip(self, request: HttpRequest) -> str:
        """Believe forwarding headers as little as everywhere else."""
        return current_origin.get().address or NO_ADDRESS


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # it has no types
    pass


class LoginSessionTokens(AbstractTokenStrategy):  # type: ignore[misc] # it has no types
    def create_session_token(self, request: HttpRequest) -> str:
        raise NotImplementedError

    def lookup_session(self, session_token: str) -> Any:
        raise NotImplementedError
