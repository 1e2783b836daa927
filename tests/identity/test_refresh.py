"""Staying signed in, and signing out."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import Tokens
from phr.care.models import PatientProfile
from phr.core.models import OutboxEvent
from phr.identity.sign_in import start_session
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

REFRESH, LOGOUT = "/api/auth/token/refresh/", "/api/auth/logout/"
LATER = timedelta(seconds=11)  # than an answer that was lost is asked for again
pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(alice: PatientProfile) -> Tokens:
    return start_session(user=alice.user, at=timezone.now())


def refresh(token: str) -> Any:
    return APIClient().post(REFRESH, {"refresh": token})


def client_with(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def opens(access: str) -> bool:
    status = client_with(access).get("/api/auth/profile/").status_code
    assert status in (200, 401)
    return status == 200


def test_a_refresh_gives_new_tokens_for_the_same_session(tokens: Tokens) -> None:
    response = refresh(tokens.refresh)

    assert response.status_code == 200
    answer = response.json()
    assert answer.keys() == {"access", "refresh"}
    assert answer["refresh"] != tokens.refresh
    assert opens(answer["access"])
    assert refresh(answer["refresh"]).status_code == 200
    assert LoginSession.objects.count() == 1


def test_a_refresh_is_written_down_as_a_use_of_the_session(tokens: Tokens) -> None:
    later = timezone.now() + timedelta(hours=3)

    with time_machine.travel(later, tick=False):
        refresh(tokens.refresh)

    assert LoginSession.objects.get().last_used_at == later


def test_a_refresh_token_ends_after_a_day(alice: PatientProfile) -> None:
    now = timezone.now()
    token = start_session(user=alice.user, at=now).refresh

    with (
        time_machine.travel(now + timedelta(days=1, seconds=1), tick=False),
        nothing_written(),
    ):
        problem_of(refresh(token), 401, "invalid_token")


def test_an_access_token_is_no_refresh_token(tokens: Tokens) -> None:
    with nothing_written():
        response = refresh(tokens.access)

    problem_of(response, 401, "invalid_token")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refresh_whose_answer_was_lost_is_repeated(
    tokens: Tokens, deliver: Callable[[], None]
) -> None:
    lost = refresh(tokens.refresh).json()

    again = refresh(tokens.refresh)

    assert again.status_code == 200
    assert again.json()["refresh"] == lost["refresh"]
    for access in (tokens.access, lost["access"], again.json()["access"]):
        assert opens(access)
    assert refresh(lost["refresh"]).status_code == 200
    deliver()
    assert not Notification.objects.exists()


def test_a_repeated_refresh_makes_nothing_last_longer(
    alice: PatientProfile,
) -> None:
    now = timezone.now()
    token = start_session(user=alice.user, at=now - timedelta(hours=1)).refresh
    with time_machine.travel(now, tick=False):
        first = refresh(token).json()
    with time_machine.travel(now + timedelta(seconds=9), tick=False):
        again = refresh(token).json()

    assert LoginSession.objects.get().last_used_at == now
    with time_machine.travel(now + timedelta(minutes=5, seconds=1), tick=False):
        assert not opens(first["access"])
        assert not opens(again["access"])


def test_tabs_that_refresh_one_after_the_other_end_up_with_one_token(
    tokens: Tokens,
) -> None:
    """Three that a browser opens again: the last one asks with what was first."""
    second = refresh(tokens.refresh).json()["refresh"]
    third = refresh(second).json()["refresh"]

    assert refresh(tokens.refresh).json()["refresh"] == third
    assert refresh(second).json()["refresh"] == third
    assert refresh(third).status_code == 200


@pytest.mark.parametrize("later", [timedelta(seconds=11), timedelta(hours=2)])
def test_a_refresh_token_used_again_later_ends_the_session_at_once(
    tokens: Tokens, later: timedelta
) -> None:
    newer = refresh(tokens.refresh).json()

    with time_machine.travel(timezone.now() + later):
        problem_of(refresh(tokens.refresh), 401, "invalid_token")

    assert LoginSession.objects.get().revoked_at is not None
    assert not opens(tokens.access)
    assert not opens(newer["access"])
    problem_of(refresh(newer["refresh"]), 401, "invalid_token")


def test_what_was_used_long_ago_ends_the_session_also_right_after_a_refresh(
    tokens: Tokens,
) -> None:
    newer = refresh(tokens.refresh).json()["refresh"]

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        newest = refresh(refresh(newer).json()["refresh"]).json()
        problem_of(refresh(tokens.refresh), 401, "invalid_token")
        problem_of(refresh(newest["refresh"]), 401, "invalid_token")


def test_repeating_does_not_make_the_seconds_begin_anew(tokens: Tokens) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        refresh(tokens.refresh)
    with time_machine.travel(now + timedelta(seconds=9), tick=False):
        assert refresh(tokens.refresh).status_code == 200

    with time_machine.travel(now + timedelta(seconds=18), tick=False):
        problem_of(refresh(tokens.refresh), 401, "invalid_token")


def test_a_session_keeps_used_tokens_for_seconds_only(tokens: Tokens) -> None:
    token = tokens.refresh
    for minutes in range(1, 4):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            token = refresh(token).json()["refresh"]

    assert len(LoginSession.objects.get().spent_refreshes) == 1


def test_the_user_is_told_once_that_a_refresh_token_was_used_again(
    alice: PatientProfile, tokens: Tokens, deliver: Callable[[], None]
) -> None:
    refresh(tokens.refresh)
    with time_machine.travel(timezone.now() + LATER):
        for _again in range(3):
            refresh(tokens.refresh)
    deliver()

    told = Notification.objects.get()
    assert told.recipient == alice.user
    assert (told.notification_type, told.title) == (
        "SECURITY",
        "One of your sessions was ended",
    )
    assert OutboxEvent.objects.filter(kind="accounts.refresh_reused").count() == 1


def test_reuse_ends_only_the_session_it_belongs_to(
    alice: PatientProfile, tokens: Tokens
) -> None:
    elsewhere = start_session(user=alice.user, at=timezone.now())
    refresh(tokens.refresh)
    with time_machine.travel(timezone.now() + LATER):
        refresh(tokens.refresh)

    assert not opens(tokens.access)
    assert opens(elsewhere.access)
    assert refresh(elsewhere.refresh).status_code == 200


def test_what_has_ended_is_not_repeated(tokens: Tokens) -> None:
    newer = refresh(tokens.refresh).json()
    client_with(newer["access"]).post(LOGOUT)

    with nothing_written():
        problem_of(refresh(tokens.refresh), 401, "invalid_token")


def test_a_deactivated_user_gets_no_new_tokens(
    alice: PatientProfile, tokens: Tokens
) -> None:
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    with nothing_written():
        problem_of(refresh(tokens.refresh), 401, "invalid_token")


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 1_000])
def test_what_is_no_token_refreshes_nothing(tokens: Tokens, token: str) -> None:
    with nothing_written():
        problem_of(refresh(token), 401, "invalid_token")


def test_a_token_longer_than_ours_are_is_bad_input(tokens: Tokens) -> None:
    with nothing_written():
        response = refresh("x" * 1_001)

    assert faults_of(response) == {("refresh", "max_length")}


@pytest.mark.django_db(transaction=True)
def test_fifty_refreshes_at_once_get_one_token_and_end_nothing(
    alice: PatientProfile,
) -> None:
    for _round in range(3):  # one alone may miss the moment
        tokens = start_session(user=alice.user, at=timezone.now())

        answers = all_at_once([partial(refresh, tokens.refresh)] * 50)

        assert {answer.status_code for answer in answers} == {200}
        (newer,) = {answer.json()["refresh"] for answer in answers}
        assert all(opens(answer.json()["access"]) for answer in answers)
        assert refresh(newer).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_is_used_later_ends_the_session_once_however_often_at_once(
    tokens: Tokens,
) -> None:
    newer = refresh(tokens.refresh).json()

    with time_machine.travel(timezone.now() + LATER):
        answers = all_at_once([partial(refresh, tokens.refresh)] * 8)

    assert {answer.status_code for answer in answers} == {401}
    assert not opens(newer["access"])
    assert OutboxEvent.objects.filter(kind="accounts.refresh_reused").count() == 1


def test_logout_ends_both_tokens_at_once(tokens: Tokens) -> None:
    response = client_with(tokens.access).post(LOGOUT)

    assert (response.status_code, response.content) == (204, b"")
    assert not opens(tokens.access)
    problem_of(refresh(tokens.refresh), 401, "invalid_token")
    problem_of(client_with(tokens.access).post(LOGOUT), 401, "invalid_token")


def test_logout_ends_no_other_session(alice: PatientProfile, tokens: Tokens) -> None:
    elsewhere = start_session(user=alice.user, at=timezone.now())

    client_with(tokens.access).post(LOGOUT)

    assert opens(elsewhere.access)
    assert refresh(elsewhere.refresh).status_code == 200


def test_logout_takes_an_access_token_and_no_refresh_token(tokens: Tokens) -> None:
    with nothing_written():
        problem_of(client_with(tokens.refresh).post(LOGOUT), 401, "invalid_token")

    assert opens(tokens.access)
