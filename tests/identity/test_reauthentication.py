"""Showing again who one is, for what asks for it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from phr.identity.sign_in import start_session
from tests.factories import PASSWORD
from tests.identity.steps import (
    CODES,
    PROFILE,
    REFRESH,
    STEP_UP,
    TOTP,
    client_with,
    set_up_app,
    signed_in_since,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

SIX_MINUTES = timedelta(minutes=6)


@pytest.fixture
def late(alice):
    """Alice, whose proof is too old by now."""
    client = signed_in_since(alice.user, SIX_MINUTES)
    problem_of(client.post(TOTP), 403, "step_up_required")
    return client


def test_the_password_opens_what_asks_for_it(late):
    answer = late.post(STEP_UP, {"password": PASSWORD})

    assert (answer.status_code, answer.content) == (204, b"")
    assert late.post(TOTP).status_code == 200


def test_a_code_of_the_app_does_as_well(api, alice):
    app, _ = set_up_app(api("alice"))
    client = signed_in_since(alice.user, SIX_MINUTES)
    otp = app.code(steps=1)

    assert client.post(STEP_UP, {"otp": otp}).status_code == 204

    assert client.post(CODES).status_code == 201
    problem_of(client.post(STEP_UP, {"otp": otp}), 403, "wrong_code")


def test_a_recovery_code_does_as_well_and_once(api, alice):
    _, codes = set_up_app(api("alice"))
    client = signed_in_since(alice.user, SIX_MINUTES)

    assert client.post(STEP_UP, {"recovery_code": codes[0]}).status_code == 204

    assert client.delete(TOTP).status_code == 204
    problem_of(client.post(STEP_UP, {"recovery_code": codes[0]}), 403, "wrong_code")


def test_it_lasts_for_five_minutes_however_often_tokens_are_refreshed(alice):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        tokens = start_session(user=alice.user, at=now - SIX_MINUTES)
        refresh = tokens.refresh

    def at(moment):
        nonlocal refresh
        fresh = APIClient().post(REFRESH, {"refresh": refresh}).json()
        refresh = fresh["refresh"]
        return client_with(fresh["access"])

    with time_machine.travel(now, tick=False):
        assert at(now).post(STEP_UP, {"password": PASSWORD}).status_code == 204
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert at(now).post(TOTP).status_code == 200
    with time_machine.travel(now + timedelta(minutes=5, seconds=1), tick=False):
        problem_of(at(now).post(TOTP), 403, "step_up_required")


def test_it_counts_for_its_own_session_only(late, alice):
    other = signed_in_since(alice.user, SIX_MINUTES)

    late.post(STEP_UP, {"password": PASSWORD})

    problem_of(other.post(TOTP), 403, "step_up_required")


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({"password": "wrong"}, "wrong_password"),
        ({"otp": "123456"}, "wrong_code"),
        ({"recovery_code": "aaaa-bbbb"}, "wrong_code"),
    ],
)
def test_what_is_wrong_opens_nothing(late, shown, code):
    with nothing_written():
        problem_of(late.post(STEP_UP, shown), 403, code)
        problem_of(late.post(TOTP), 403, "step_up_required")


@pytest.mark.parametrize(
    "shown", [{}, {"password": PASSWORD, "otp": "123456"}, {"x": "y"}]
)
def test_one_of_three_is_given(late, shown):
    with nothing_written():
        assert faults_of(late.post(STEP_UP, shown))


def test_after_ten_wrong_passwords_the_right_one_waits(late, alice):
    for _ in range(10):
        late.post(STEP_UP, {"password": "wrong"})

    answer = late.post(STEP_UP, {"password": PASSWORD})

    problem_of(answer, 429, "too_many_requests")
    other = signed_in_since(alice.user, SIX_MINUTES)
    again = other.post(STEP_UP, {"password": PASSWORD})
    problem_of(again, 429, "too_many_requests")


def test_the_right_password_is_no_failed_attempt(late):
    for _ in range(12):
        assert late.post(STEP_UP, {"password": PASSWORD}).status_code == 204


@pytest.mark.parametrize("method", ["patch", "put"])
def test_another_address_needs_recent_proof(late, alice, method):
    names = {"first_name": "Alice", "last_name": "Moreau"}
    moved = {"user": names | {"email": "moved@example.org"}}
    same = {"user": names | {"email": alice.user.email}}

    with nothing_written():
        answer = getattr(late, method)(PROFILE, moved)
    problem_of(answer, 403, "step_up_required")
    assert getattr(late, method)(PROFILE, same).status_code == 200
    late.post(STEP_UP, {"password": PASSWORD})
    assert getattr(late, method)(PROFILE, moved).status_code == 200
