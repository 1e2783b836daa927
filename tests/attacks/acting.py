"""What attackers and their victims do in several of these tests."""

from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import Tokens
from phr.identity.second_factors import has_factor
from phr.identity.sign_in import start_session
from tests.factories import PASSWORD
from tests.identity.authenticator import SoftAuthenticator

AUTH = "/api/auth/"
LOGIN, REFRESH, PROFILE = f"{AUTH}login/", f"{AUTH}token/refresh/", f"{AUTH}profile/"
REGISTER, STEP_UP = f"{AUTH}register/", f"{AUTH}step-up/"
FORGOT, RESET = f"{AUTH}password/forgot/", f"{AUTH}password/reset/"
CHANGE = f"{AUTH}password/change/"
TOTP, CONFIRM_TOTP = f"{AUTH}mfa/totp/", f"{AUTH}mfa/totp/confirm/"
CODES = f"{AUTH}mfa/recovery-codes/"
PASSKEYS, BEGIN_PASSKEY = f"{AUTH}mfa/passkeys/", f"{AUTH}mfa/passkeys/begin/"
PASSKEY_LOGIN, BEGIN_LOGIN = f"{AUTH}passkey/", f"{AUTH}passkey/begin/"
NEW_PASSWORD = "another long sentence 8"
TWICE = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
STEP = 30  # seconds


def holding(token: str) -> APIClient:
    """Whoever holds this access token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def session_of(user: User) -> tuple[Tokens, LoginSession]:
    """A session of the user's, begun an instant ago by all that they need for it."""
    tokens = start_session(user=user, at=timezone.now(), second_factor=has_factor(user))
    return tokens, LoginSession.objects.filter(user=user).latest("created_at")


def stolen_token(user: User) -> str:
    """An access token of a session in which the password was given long ago."""
    tokens, session = session_of(user)
    LoginSession.objects.filter(pk=session.pk).update(proved_at=None)
    return tokens.access


def otp(secret: str, steps: int = 0) -> str:
    """A code of the authenticator app that has the secret, now or some steps on."""
    counter = int(timezone.now().timestamp()) // STEP + steps
    return str(format_hotp_value(hotp_value(secret, counter)))


def with_app(user: User) -> tuple[str, list[str]]:
    """Give the user an authenticator app: its secret, and the recovery codes."""
    client = holding(session_of(user)[0].access)
    secret: str = client.post(TOTP).json()["secret"]
    # The code of a step ago is used up, so that the present one can be shown.
    confirmed = client.post(CONFIRM_TOTP, {"otp": otp(secret, -1)})
    codes: list[str] = confirmed.json()["recovery_codes"]
    return secret, codes


def with_passkey(user: User) -> SoftAuthenticator:
    """Give the user a passkey."""
    client, phone = holding(session_of(user)[0].access), SoftAuthenticator()
    begun = client.post(BEGIN_PASSKEY).json()
    added = add_passkey(client, begun["challenge"], phone.register(begun["options"]))
    assert added.status_code == 201, added.content
    return phone


def add_passkey(client: APIClient, challenge: str, credential: Any) -> Any:
    body = {"challenge": challenge, "name": "Phone", "credential": credential}
    return client.post(PASSKEYS, body)


def log_in(username: str = "alice", password: str = PASSWORD, **more: Any) -> Any:
    """Try to sign in.

    :param more: fields of the body; `address` is the client's.
    """
    address = more.pop("address", "203.0.113.7")
    body = {"username": username, "password": password, **more}
    return APIClient().post(LOGIN, body, REMOTE_ADDR=address)
