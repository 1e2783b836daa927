"""Nobody finds out by asking whether somebody has an account here.

That a username is taken is shown at registration: a known limit (SECURITY.md).
"""

import re
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.models import User
from phr.care.models import PatientProfile
from phr.core import redis_client
from tests.accounts.bodies import patient_body
from tests.attacks.acting import (
    FORGOT,
    REGISTER,
    RESET,
    TWICE,
    log_in,
    with_app,
    with_passkey,
)
from tests.factories import PASSWORD
from tests.problem_answers import problem_of

pytestmark = pytest.mark.django_db
PAIRS = 60
SLOW_PAIRS = 8  # where passwords are hashed, which takes most of the time
REAL_HASHER = "phr.accounts.hashing.CalmArgon2PasswordHasher"
VALUES = re.compile(r"'[^']*'|SAVEPOINT \S+|\b\d+\b")
CHANGING = ("request_id", "instance")


def ask_for_reset(email: str) -> Any:
    return APIClient().post(FORGOT, {"email": email})


def seen(response: Any) -> tuple[Any, ...]:
    """All that a client sees of an answer and that need not differ each time."""
    body = response.json()
    told = {name: value for name, value in body.items() if name not in CHANGING}
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("X-Request-ID", "Content-Length")
    }
    return response.status_code, told, headers, dict(response.cookies)


def statements(call: Callable[[], Any]) -> list[str]:
    """What the call asks of the database, without its values."""
    redis_client.connection().flushdb()
    with CaptureQueriesContext(connection) as queries:
        call()
    return [VALUES.sub("?", each["sql"]) for each in queries]


def cpu_seconds(call: Callable[[], Any]) -> float:
    """What the call computes, in all threads of this process.

    Not the time that passes: hashes give way to whatever else the machine does.
    """
    redis_client.connection().flushdb()
    begun = time.process_time()
    call()
    return time.process_time() - begun


def ratio(
    one: Callable[[], Any], other: Callable[[], Any], pairs: int = PAIRS
) -> float:
    """How much one computes beside the other, by the medians of calls in turn."""
    times = [(cpu_seconds(one), cpu_seconds(other)) for _ in range(pairs)]
    return median(first for first, _ in times) / median(last for _, last in times)


@pytest.fixture
def confirmed(alice: PatientProfile) -> User:
    """Alice has confirmed her address."""
    claim_address(alice.user)
    EmailAddress.objects.filter(user=alice.user).update(verified=True)
    return alice.user


@pytest.mark.parametrize(
    "email",
    ["carol@example.org", "nobody@example.org", "alice@EXAMPLE.org"],
    ids=["not confirmed", "unknown", "confirmed, in another case"],
)
def test_asking_for_a_new_password_answers_all_the_same(
    confirmed: User, carol: PatientProfile, email: str
) -> None:
    claim_address(carol.user)

    one, other = ask_for_reset("alice@example.org"), ask_for_reset(email)

    assert one.status_code == 202
    assert seen(one) == seen(other)


@pytest.mark.parametrize("email", ["carol@example.org", "nobody@example.org"])
def test_asking_for_a_new_password_does_the_same_for_everybody(
    confirmed: User, carol: PatientProfile, email: str
) -> None:
    """The same statements: what a known address needs is done later, by a worker."""
    claim_address(carol.user)
    known = statements(partial(ask_for_reset, "alice@example.org"))

    assert statements(partial(ask_for_reset, email)) == known
    assert len(known) > 1


def test_asking_for_a_new_password_is_limited_for_an_unknown_mailbox_too(
    confirmed: User,
) -> None:
    for email in ("alice@example.org", "nobody@example.org"):
        answers = [ask_for_reset(email).status_code for _ in range(6)]
        assert answers == [202] * 5 + [429]


@pytest.mark.parametrize("name", ["alice", "alice@example.org", "carol"])
def test_a_wrong_password_looks_like_an_unknown_name(
    confirmed: User, carol: PatientProfile, name: str
) -> None:
    """Whoever has a second factor is not asked for it before the password is right."""
    with_app(confirmed)
    with_passkey(confirmed)

    for code in ({}, {"otp": "000000"}, {"recovery_code": "x"}):
        unknown = log_in("nobody", "wrong", **code)
        assert seen(log_in(name, "wrong", **code)) == seen(unknown)
        problem_of(unknown, 401, "invalid_credentials")


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("alice", "\uff41lice"),  # a full-width a
        ("alice@example.org", "alice\uff20example.org"),
        ("alice@example.org", "alice@example\u2024org"),
        ("alice@example.org", "\U0001d44elice@example.org"),  # a mathematical a
    ],
)
def test_a_name_that_merely_looks_alike_does_not_tell_of_another(
    alice: PatientProfile, name: str, twin: str
) -> None:
    """Else: use up the attempts of the twin, and see whether they count for the name,
    which they would only if it were nobody's."""
    for _attempt in range(11):
        last = log_in(twin, "wrong")
    unknown_twin = twin.replace("lice", "lissa")
    for _attempt in range(11):
        log_in(unknown_twin, "wrong", address="198.51.100.1")

    problem_of(last, 429, "too_many_requests")
    known, unknown = name, name.replace("alice", "alissa")
    assert log_in(known, "wrong", address="198.51.100.2").status_code == 401
    assert log_in(unknown, "wrong", address="198.51.100.2").status_code == 401


def test_registering_does_the_same_with_any_address(confirmed: User) -> None:
    def register(username: str, email: str) -> Any:
        body = patient_body(username=username, email=email)
        return APIClient().post(REGISTER, body)

    known = statements(partial(register, "one", "alice@example.org"))
    unknown = statements(partial(register, "two", "nobody@example.org"))

    assert known == unknown
    kinds = [
        {*register(name, email).json()["user"]}
        for name, email in (("three", "alice@example.org"), ("four", "x@example.org"))
    ]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("user_id", ["alice", "nobody"])
def test_a_forged_link_says_nothing_of_the_account_it_names(
    alice: PatientProfile, user_id: str
) -> None:
    hexes = {"alice": alice.user_id.hex, "nobody": "0" * 32}

    response = APIClient().post(RESET, {"key": f"{hexes[user_id]}.x-y", **TWICE})

    body = problem_of(response, 403, "invalid_link")
    assert {fault["field"] for fault in body["errors"]} == {"key"}


def test_whose_passkey_it_could_be_is_not_said_before_it_is_shown(
    alice: PatientProfile,
) -> None:
    with_passkey(alice.user)

    options = APIClient().post("/api/auth/passkey/begin/").json()["options"]

    assert options.get("allowCredentials", []) == []


@pytest.fixture
def real_hashes(
    settings: Settings, alice: PatientProfile, carol: PatientProfile
) -> None:
    """Passwords cost here what they cost in production."""
    settings.PASSWORD_HASHERS = [REAL_HASHER]
    for person in (alice, carol):
        person.user.set_password(PASSWORD)
        person.user.save()


@pytest.mark.usefixtures("real_hashes")
def test_a_sign_in_takes_as_long_for_everybody(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    with_app(carol.user)
    known = partial(log_in, "alice", "wrong")

    for other in ("nobody", "nobody@example.org", "carol"):
        assert 0.5 < ratio(known, partial(log_in, other, "wrong"), SLOW_PAIRS) < 2


def test_asking_for_a_new_password_takes_as_long_for_everybody(
    confirmed: User, carol: PatientProfile
) -> None:
    claim_address(carol.user)
    known = partial(ask_for_reset, "alice@example.org")

    for other in ("nobody@example.org", "carol@example.org"):
        assert 0.5 < ratio(known, partial(ask_for_reset, other)) < 2, other


@pytest.mark.usefixtures("real_hashes")
def test_registering_takes_as_long_with_any_address(alice: PatientProfile) -> None:
    """For a username that is taken, too: the password is hashed before."""
    numbers = iter(range(1_000))

    def register(**changes: Any) -> Any:
        body = patient_body(username=f"new{next(numbers)}") | changes
        return APIClient().post(REGISTER, body)

    known = partial(register, email="alice@example.org")
    assert 0.5 < ratio(known, partial(register, email="x@example.org"), SLOW_PAIRS) < 2
    assert 0.5 < ratio(known, partial(register, username="alice"), SLOW_PAIRS) < 2
