"""Signing in with a password."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User, UserType
from phr.audit.models import AccessEntry
from phr.care.models import DoctorProfile, PatientProfile
from phr.identity.sign_in import InvalidCredentials, start_session
from tests.factories import PASSWORD, DoctorFactory, PatientFactory, UserFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written

LOGIN = "/api/auth/login/"
pytestmark = pytest.mark.django_db

ABOUT_THE_REQUEST = ("request_id", "instance")


def log_in(username: str, password: str = PASSWORD, **headers: Any) -> Any:
    body = {"username": username, "password": password}
    return APIClient().post(LOGIN, body, **headers)


def ledger() -> list[tuple[Any, ...]]:
    lines = AccessEntry.objects.filter(action="accounts.signed_in")
    return list(lines.values_list("outcome", "actor_id", "patient_id", "basis"))


@pytest.mark.parametrize(
    "name", ["alice", "ALICE", "aLiCe", "alice@example.org", "Alice@Example.ORG"]
)
def test_one_signs_in_with_username_or_email_in_any_case(
    alice: PatientProfile, name: str
) -> None:
    response = log_in(name)

    assert response.status_code == 200
    answer = response.json()
    assert answer["user"]["id"] == str(alice.user_id)
    assert answer["user"].keys() == {
        "id",
        "username",
        "email",
        "first_name",
        "last_name",
        "user_type",
    }
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer['tokens']['access']}")
    assert client.get("/api/auth/profile/").json()["id"] == str(alice.pk)


def test_a_sign_in_is_a_session_with_its_place(alice: PatientProfile) -> None:
    log_in("alice", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Ledger reader 1.0")

    session = LoginSession.objects.get(user=alice.user)
    assert session.address == "203.0.113.7"
    assert session.user_agent == "Ledger reader 1.0"
    assert session.revoked_at is None


def test_a_user_agent_that_no_column_holds_does_no_harm(alice: PatientProfile) -> None:
    response = log_in("alice", HTTP_USER_AGENT="x\0\xff" * 400)

    assert response.status_code == 200
    assert len(LoginSession.objects.get().user_agent) == 200


def test_nobody_takes_an_email_away_by_registering_with_it(
    alice: PatientProfile,
) -> None:
    PatientFactory.create(user__username="mallory", user__email="ALICE@example.org")

    response = log_in("alice@example.org")

    assert response.status_code == 200
    assert response.json()["user"]["username"] == "alice"


def test_a_deactivated_account_does_not_stand_in_the_way_of_an_email(
    alice: PatientProfile,
) -> None:
    UserFactory.create(username="old", email="alice@example.org", is_active=False)

    assert log_in("alice@example.org").status_code == 200


def test_every_reason_for_a_refusal_looks_the_same(
    alice: PatientProfile, carol: PatientProfile, dr_dan: DoctorProfile
) -> None:
    User.objects.filter(pk=carol.user_id).update(is_active=False)

    refusals = [
        log_in("alice", "not her password"),
        log_in("dr_dan", "not his password"),
        log_in("nobody_of_this_name"),
        log_in("nobody@example.org"),
        log_in("alice@example.org", "not her password"),
        log_in("carol"),  # deactivated
    ]

    bodies = [problem_of(answer, 401, "invalid_credentials") for answer in refusals]
    for body in bodies:
        del body["request_id"]
    assert all(body == bodies[0] for body in bodies)
    challenges = {answer.headers["WWW-Authenticate"] for answer in refusals}
    assert challenges == {'Bearer realm="api"'}


@contextmanager
def counted_hashes() -> Iterator[list[int]]:
    """Count how often argon2 is computed, whichever way it is called."""
    computed: list[int] = []

    def counting(original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            computed.append(1)
            return original(*args, **kwargs)

        return call

    encode, verify = Argon2PasswordHasher.encode, PasswordHasher.verify
    with (
        patch.object(Argon2PasswordHasher, "encode", counting(encode)),
        patch.object(PasswordHasher, "verify", counting(verify)),
    ):
        yield computed


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("alice", "not her password"),
        ("nobody_of_this_name", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("carol", PASSWORD),  # deactivated
        ("passwordless", PASSWORD),  # cannot sign in with one
        ("alice", PASSWORD),
    ],
)
def test_every_login_costs_one_hash(
    alice: PatientProfile, carol: PatientProfile, name: str, password: str
) -> None:
    User.objects.filter(pk=carol.user_id).update(is_active=False)
    DoctorFactory.create(
        user__username="passwordless",
        user__user_type=UserType.DOCTOR,
        user__password="!unusable",
    )

    with counted_hashes() as computed:
        log_in(name, password)

    assert len(computed) == 1


def test_a_deactivated_user_does_not_sign_in(alice: PatientProfile) -> None:
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    with nothing_written():
        problem_of(log_in("alice"), 401, "invalid_credentials")


def test_an_allowed_sign_in_enters_the_ledger(
    alice: PatientProfile, dr_dan: DoctorProfile
) -> None:
    log_in("alice")
    log_in("dr_dan")

    assert set(ledger()) == {
        ("ALLOWED", alice.user_id, alice.pk, "OWN"),
        ("ALLOWED", dr_dan.user_id, None, "OWN"),
    }


def test_a_refused_sign_in_enters_the_patients_ledger_without_an_actor(
    alice: PatientProfile,
) -> None:
    log_in("alice", "not her password", REMOTE_ADDR="203.0.113.7")

    assert ledger() == [("REFUSED", None, alice.pk, "NONE")]
    line = AccessEntry.objects.get()
    assert (line.face, line.address) == ("api", "203.0.113.7")
    assert line.object_ids == [alice.user_id]


def test_a_refused_sign_in_of_an_unknown_name_enters_the_ledger_of_nobody() -> None:
    log_in("nobody_of_this_name")

    assert ledger() == [("REFUSED", None, None, "NONE")]


def test_a_sign_in_from_a_new_place_is_announced(deliver: Any) -> None:
    patient = PatientFactory.create(user__username="mia")
    log_in("mia", REMOTE_ADDR="203.0.113.7")
    log_in("mia", REMOTE_ADDR="203.0.113.7")
    deliver()
    assert not patient.user.notifications.exists()

    log_in("mia", REMOTE_ADDR="198.51.100.20")
    deliver()

    told = patient.user.notifications.get()
    assert (told.notification_type, told.title) == (
        "SECURITY",
        "Sign-in from a new place",
    )


def test_an_account_without_its_profile_can_do_nothing(api, db):
    """One made in a shell, say: it is refused, and no error of the server."""
    user = UserFactory(username="halfmade")
    client = api("nobody")

    response = client.post(
        "/api/auth/login/", {"username": "halfmade", "password": PASSWORD}
    )
    client.credentials(
        HTTP_AUTHORIZATION=f"Bearer {response.json()['tokens']['access']}"
    )

    assert client.get("/api/auth/profile/").status_code == 401
    assert response.json()["user"]["id"] == str(user.pk)


def test_a_password_that_was_changed_meanwhile_signs_nobody_in(
    alice: PatientProfile,
) -> None:
    as_checked = User.objects.get(pk=alice.user_id)
    alice.user.set_password("another walk by the sea")
    alice.user.save()

    with nothing_written(), pytest.raises(InvalidCredentials):
        start_session(user=as_checked, at=timezone.now())
