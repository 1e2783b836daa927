"""Steps that the tests of identity share."""

import hmac
import time
from base64 import b32decode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.core.models import OutboxEvent
from phr.identity.sign_in import start_session
from tests.factories import PASSWORD

LOGIN, REFRESH = "/api/auth/login/", "/api/auth/token/refresh/"
PROFILE, STEP_UP = "/api/auth/profile/", "/api/auth/step-up/"
MFA = "/api/auth/mfa/"
TOTP, CONFIRM, CODES = MFA + "totp/", MFA + "totp/confirm/", MFA + "recovery-codes/"
NEW_PASSWORD = "another long sentence 8"


SOON = 1.5  # seconds


@dataclass
class App:
    """An authenticator app, as RFC 6238 describes it."""

    secret: str

    def code(self, *, steps: int = 0) -> str:
        """The code of now, or of some steps of 30 seconds from now.

        One that is about to run out would be another's by the time it is looked at.
        """
        if (left := 30 - time.time() % 30) < SOON:
            time.sleep(left)
        step = int(time.time()) // 30 + steps
        key = b32decode(self.secret)
        digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
        start = digest[-1] & 15
        number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"

    def wrong_code(self) -> str:
        """A code of none of the steps that could count."""
        near = {self.code(steps=steps) for steps in range(-3, 4)}
        return next(f"{n:06}" for n in range(10) if f"{n:06}" not in near)


def set_up_app(client: APIClient) -> tuple[App, list[str]]:
    """Set an authenticator app up; gives it and the recovery codes."""
    app = App(client.post(TOTP).json()["secret"])
    confirmed = client.post(CONFIRM, {"otp": app.code()})
    assert confirmed.status_code == 200, confirmed.content
    return app, confirmed.json()["recovery_codes"]


def log_in(username: str = "alice", password: str = PASSWORD, **codes: str) -> Any:
    body = {"username": username, "password": password} | codes
    return APIClient().post(LOGIN, body)


def client_with(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def by_password_alone(user: User) -> APIClient:
    """A client whose session began just now, without a second factor."""
    return client_with(start_session(user=user, at=timezone.now()).access)


def signed_in_since(user: User, ago: timedelta) -> APIClient:
    """A client that signed in some time ago, and has refreshed its tokens just now."""
    tokens = start_session(user=user, at=timezone.now() - ago, second_factor=True)
    fresh = APIClient().post(REFRESH, {"refresh": tokens.refresh}).json()
    return client_with(fresh["access"])


def is_in(client: APIClient) -> bool:
    status = client.get(PROFILE).status_code
    assert status in (200, 401)
    return status == 200


def events_of(kind: str) -> list[dict[str, str]]:
    """What the events of a kind tell, oldest first."""
    found = OutboxEvent.objects.filter(kind=kind).order_by("created_at")
    return list(found.values_list("payload", flat=True))


def lines_of(action: str) -> list[tuple[Any, str]]:
    """Who has done something by the ledger, and with which outcome."""
    lines = AccessEntry.objects.filter(action=action).order_by("pk")
    return list(lines.values_list("actor_id", "outcome"))
