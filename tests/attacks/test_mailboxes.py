"""Mailed links that were bent, and mailboxes that belong to others."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.links import reset_key
from phr.accounts.mailbox_limits import VERIFY_EMAIL
from phr.accounts.models import Mail, User
from phr.care.models import PatientProfile
from tests.accounts.bodies import patient_body
from tests.attacks.acting import PROFILE, REGISTER, RESET, TWICE, log_in
from tests.conftest import Api
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "bend",
    [
        lambda key, carols: key.replace(key.partition(".")[0], carols),
        lambda key, carols: key + "x",
        lambda key, carols: key.upper(),
        lambda key, carols: key.replace(".", ""),
        lambda key, carols: key.partition(".")[0] + ".",
        lambda key, carols: f"{key.partition('.')[0]}.-",
        lambda key, carols: f"{key.partition('.')[0]}.zzzzzzzzzzzzzzz-{'0' * 32}",
        lambda key, carols: "' OR 1=1 --",
        lambda key, carols: "../../" + key,
    ],
)
def test_a_link_for_a_new_password_that_was_bent_sets_none(
    alice: PatientProfile, carol: PatientProfile, bend: Any
) -> None:
    key = bend(reset_key(alice.user), carol.user_id.hex)

    with nothing_written():
        answer = APIClient().post(RESET, {"key": key, **TWICE})
        problem_of(answer, 403, "invalid_link")


@pytest.mark.parametrize("change", ["email", "password", "is_active"])
def test_a_link_for_a_new_password_ends_with_what_it_was_made_for(
    alice: PatientProfile, change: str
) -> None:
    key = reset_key(alice.user)
    values = {"email": "x@example.org", "password": "!", "is_active": False}
    User.objects.filter(pk=alice.user_id).update(**{change: values[change]})

    answer = APIClient().post(RESET, {"key": key, **TWICE})

    problem_of(answer, 403, "invalid_link")


@pytest.mark.parametrize(
    "email", ["mi\u212ae@example.org", "\u017fam@example.org", "m\u0131ke@example.org"]
)
def test_nobody_claims_a_mailbox_by_letters_that_look_or_fold_like_its_own(
    email: str, api: Api, alice: PatientProfile
) -> None:
    """A Kelvin sign in small letters is a k: the link would go to another mailbox than
    the one that it confirms."""
    client = api("alice")

    with nothing_written():
        answers = [
            APIClient().post(REGISTER, patient_body(email=email)),
            client.patch(PROFILE, {"user": {"email": email}}),
        ]

    assert faults_of(answers[0]) == {("email", "invalid")}
    assert faults_of(answers[1]) == {("user.email", "invalid")}


def test_whoever_confirmed_an_address_keeps_it_from_those_who_enter_it(
    alice: PatientProfile,
) -> None:
    claim_address(alice.user)
    EmailAddress.objects.update(verified=True)
    APIClient().post(REGISTER, patient_body(email="Alice@example.org"))

    answer = log_in("alice@example.org")

    assert answer.json()["user"]["username"] == "alice"


def test_an_account_does_not_flood_mailboxes_of_its_choice(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")

    statuses = [
        client.patch(
            PROFILE, {"user": {"email": f"victim{number}@example.org"}}
        ).status_code
        for number in range(7)
    ]

    assert statuses == [200] * 5 + [429] * 2
    assert not Mail.objects.exclude(kind=VERIFY_EMAIL).exists()
    alice.user.refresh_from_db()
    assert alice.user.email == "victim4@example.org"
