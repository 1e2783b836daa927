"""What counts once counts once, also for many who use it at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.links import confirmation_key, reset_key
from phr.accounts.models import LoginSession, User
from phr.care.models import PatientProfile
from phr.identity.sign_in import start_session
from tests.at_once import all_at_once
from tests.attacks.acting import (
    BEGIN_LOGIN,
    CHANGE,
    CONFIRM_TOTP,
    PASSKEY_LOGIN,
    REFRESH,
    RESET,
    STEP_UP,
    TOTP,
    TWICE,
    holding,
    log_in,
    otp,
    session_of,
    stolen_token,
    with_app,
    with_passkey,
)
from tests.factories import PASSWORD
from tests.problem_answers import problem_of

MANY = 12
pytestmark = pytest.mark.django_db(transaction=True)


def statuses_of(calls: list[Callable[[], Any]]) -> list[int]:
    return sorted(answer.status_code for answer in all_at_once(calls))


def test_fifty_uses_of_one_refresh_token_at_once_leave_one_that_goes_on(
    alice: PatientProfile,
) -> None:
    tokens = start_session(user=alice.user, at=timezone.now())
    refresh = partial(APIClient().post, REFRESH, {"refresh": tokens.refresh})

    answers = all_at_once([refresh] * 50)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh"] for answer in answers}) == 1


def test_of_two_who_hold_a_refresh_token_one_ends_the_session_for_both(
    alice: PatientProfile,
) -> None:
    copied = start_session(user=alice.user, at=timezone.now()).refresh
    owners = APIClient().post(REFRESH, {"refresh": copied}).json()
    thiefs = APIClient().post(REFRESH, {"refresh": copied}).json()
    later = timezone.now() + timedelta(minutes=5)

    with time_machine.travel(later):
        APIClient().post(REFRESH, {"refresh": owners["refresh"]})
    with time_machine.travel(later + timedelta(minutes=1)):
        last = APIClient().post(REFRESH, {"refresh": thiefs["refresh"]})

    problem_of(last, 401, "invalid_token")
    assert not LoginSession.objects.live().exists()


def test_a_code_signs_in_once(alice: PatientProfile) -> None:
    secret, _codes = with_app(alice.user)
    code = otp(secret)

    statuses = statuses_of([partial(log_in, otp=code)] * MANY)

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 429}


def test_a_code_that_has_signed_in_proves_nothing_and_the_other_way_round(
    alice: PatientProfile,
) -> None:
    secret, _codes = with_app(alice.user)
    thief = holding(stolen_token(alice.user))
    code = otp(secret)
    assert log_in(otp=code).status_code == 200

    problem_of(thief.post(STEP_UP, {"otp": code}), 403, "wrong_code")
    problem_of(log_in(otp=code), 401, "invalid_code")
    problem_of(log_in(otp=otp(secret, -1)), 401, "invalid_code")  # nor an earlier one


def test_a_code_that_has_switched_an_app_on_does_not_sign_in(
    alice: PatientProfile,
) -> None:
    client = holding(session_of(alice.user)[0].access)
    code = otp(client.post(TOTP).json()["secret"])
    assert client.post(CONFIRM_TOTP, {"otp": code}).status_code == 200

    problem_of(log_in(otp=code), 401, "invalid_code")
    problem_of(client.post(CONFIRM_TOTP, {"otp": code}), 409, "setup_not_begun")


def test_a_recovery_code_counts_once_in_whatever_form(alice: PatientProfile) -> None:
    _secret, codes = with_app(alice.user)
    forms = [codes[0], codes[0].upper(), codes[0].replace("-", " "), f" {codes[0]} "]

    statuses = statuses_of(
        [partial(log_in, recovery_code=form) for form in forms * (MANY // 4)]
    )

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 429}


def test_a_link_sets_one_password_and_no_second_one(alice: PatientProfile) -> None:
    key = reset_key(alice.user)
    words = [f"another long sentence {number}" for number in range(MANY)]

    def reset(password: str) -> Any:
        body = {"key": key, "password": password, "password_confirm": password}
        return APIClient().post(RESET, body)

    statuses = statuses_of([partial(reset, password) for password in words])

    assert statuses == [204] + [403] * (MANY - 1)
    user = User.objects.get(pk=alice.user_id)
    assert sum(user.check_password(password) for password in words) == 1


def test_a_link_confirms_an_address_once(alice: PatientProfile) -> None:
    claim_in_a_transaction(alice.user)
    body = {"key": confirmation_key(alice.user, alice.user.email)}
    confirm = partial(APIClient().post, "/api/auth/email/confirm/", body)

    assert statuses_of([confirm] * MANY) == [204] + [403] * (MANY - 1)


def claim_in_a_transaction(user: User) -> None:
    with transaction.atomic():
        claim_address(user)


def test_an_answer_of_a_passkey_signs_in_once(alice: PatientProfile) -> None:
    phone = with_passkey(alice.user)
    begun = APIClient().post(BEGIN_LOGIN).json()
    proof = phone.sign_in(begun["options"])
    body = {"challenge": begun["challenge"], "credential": proof}
    before = LoginSession.objects.count()

    statuses = statuses_of([partial(APIClient().post, PASSKEY_LOGIN, body)] * MANY)

    assert statuses == [200] + [403] * (MANY - 1)
    assert LoginSession.objects.count() == before + 1


def test_of_many_changes_of_a_password_at_once_one_counts(
    alice: PatientProfile,
) -> None:
    """Each knows the present one; the others come too late to know it still."""
    client = holding(session_of(alice.user)[0].access)
    body = {"current_password": PASSWORD, **TWICE}

    statuses = statuses_of([partial(client.post, CHANGE, body)] * MANY)

    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 403, 429}


def test_of_many_apps_switched_on_at_once_one_is(alice: PatientProfile) -> None:
    client = holding(session_of(alice.user)[0].access)
    body = {"otp": otp(client.post(TOTP).json()["secret"])}

    statuses = statuses_of([partial(client.post, CONFIRM_TOTP, body)] * MANY)

    assert statuses == [200] + [409] * (MANY - 1)
