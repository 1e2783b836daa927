"""What people do with passwords, addresses and sessions in several of these tests."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.links import confirmation_key
from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.core.models import OutboxEvent
from tests.factories import PASSWORD
from tests.signing_in import sign_in_to_the_admin_site

LOGIN, PROFILE = "/api/auth/login/", "/api/auth/profile/"
REFRESH = "/api/auth/token/refresh/"
CHANGE = "/api/auth/password/change/"
FORGOT, RESET = "/api/auth/password/forgot/", "/api/auth/password/reset/"
CONFIRM, RESEND = "/api/auth/email/confirm/", "/api/auth/email/resend/"
NEW_PASSWORD = "another long sentence 8"
TWICE = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}


def log_in(username: str, password: str = PASSWORD, **more: str) -> Any:
    return APIClient().post(LOGIN, {"username": username, "password": password, **more})


def browser_of(user: User, password: str = PASSWORD) -> Client:
    """A browser in which somebody of staff has signed in by the form."""
    client = Client(headers={"user-agent": "Firefox"})
    response = sign_in_to_the_admin_site(client, user.username, password)
    assert response.status_code == 302, response.content
    assert client.get("/admin/").status_code == 200
    return client


def confirm_address(user: User, email: str = "") -> EmailAddress:
    """Have an address, by default the account's present one, count as confirmed."""
    address = (email or user.email).lower()
    confirmed: EmailAddress = EmailAddress.objects.create(
        user=user, email=address, verified=True, primary=address == user.email.lower()
    )
    return confirmed


def events_of(kind: str) -> list[dict[str, Any]]:
    """What events of a kind carry, oldest first."""
    emitted = OutboxEvent.objects.filter(kind=kind).order_by("created_at")
    return list(emitted.values_list("payload", flat=True))


def lines_of(action: str) -> list[tuple[object, object, str]]:
    """Actor, patient and outcome of the ledger's lines about an action."""
    lines = AccessEntry.objects.filter(action=action).order_by("pk")
    return list(lines.values_list("actor_id", "patient_id", "outcome"))


def confirmation_key_of(user: User) -> str:
    """The key that the mail to the account's present address would have."""
    with transaction.atomic():
        claim_address(user)
    return confirmation_key(user, user.email)


def open_confirmation_link(key: str) -> Any:
    return APIClient().post(CONFIRM, {"key": key})


def addresses_of(user: User) -> dict[str, tuple[bool, bool]]:
    """Each address of an account: whether it is confirmed, and the one that counts."""
    rows = EmailAddress.objects.filter(user=user)
    return {row.email: (row.verified, row.primary) for row in rows}


def change_address(client: APIClient, email: str) -> None:
    answer = client.patch(PROFILE, {"user": {"email": email}})
    assert answer.status_code == 200, answer.content
