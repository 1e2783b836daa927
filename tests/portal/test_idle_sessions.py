"""A session that nobody uses ends after a quarter of an hour."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import PASSWORD

ACCOUNT, STAY = "/account/", "/session/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def client(alice: Any, clock: Any) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    return client


def test_a_session_that_is_used_goes_on(client, clock):
    for _ in range(20):
        clock.shift(timedelta(minutes=14))
        assert client.get(ACCOUNT).status_code == 200


def test_one_that_rests_ends_and_the_sign_in_page_says_why(client, clock):
    clock.shift(timedelta(minutes=17))

    out = client.get(ACCOUNT, follow=True)

    assert out.redirect_chain == [("/sign-in/?next=%2Faccount%2F&note=ended", 302)]
    assert "You were signed out, as nothing was done" in out.content.decode()
    assert not Session.objects.exists()


def test_whatever_is_done_it_ends_after_eight_hours(client, clock):
    for _ in range(34):
        clock.shift(timedelta(minutes=14))
        assert client.get(ACCOUNT).status_code == 200
    clock.shift(timedelta(minutes=5))

    assert client.get(ACCOUNT).status_code == 302


@pytest.mark.parametrize(
    "how", [{"headers": {"x-background": "1"}}, {"data": {"watching": ""}}]
)
def test_what_a_page_asks_on_its_own_does_not_prolong_it(client, clock, how):
    for _ in range(3):
        clock.shift(timedelta(minutes=5))
        assert client.get(ACCOUNT, **how).status_code == 200
    clock.shift(timedelta(minutes=2))

    assert client.get(ACCOUNT, **how).status_code == 204  # and leaves the page as it is
    assert client.get(ACCOUNT).status_code == 302


def test_who_says_that_they_stay_stays(client, clock):
    for _ in range(4):
        clock.shift(timedelta(minutes=14))
        assert client.get(STAY).json() == {"signed_in": True}
    assert client.get(ACCOUNT).status_code == 200
    clock.shift(timedelta(minutes=17))

    assert client.get(STAY).json() == {"signed_in": False}


def test_the_use_is_written_down_once_a_minute_at_most(client, clock):
    clock.shift(timedelta(seconds=30))
    with CaptureQueriesContext(connection) as soon:
        client.get(ACCOUNT)
    clock.shift(timedelta(seconds=31))
    with CaptureQueriesContext(connection) as later:
        client.get(ACCOUNT)

    assert writes(soon) == 0
    assert writes(later) == 1


def writes(queries: CaptureQueriesContext) -> int:
    words = ("INSERT", "UPDATE", "DELETE")
    return sum(query["sql"].startswith(words) for query in queries.captured_queries)


def test_an_ended_session_is_not_listed(client, clock, api):
    phone = api("alice")

    def kinds() -> list[str]:
        found = phone.get("/api/auth/sessions/").json()["results"]
        return [each["kind"] for each in found]

    assert "BROWSER" in kinds()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=17))

    assert "BROWSER" not in kinds()


def test_a_part_of_a_page_sends_all_of_it_to_the_sign_in(client, clock):
    clock.shift(timedelta(minutes=17))

    asked = client.get("/records/?x=1", headers={"hx-request": "true"})

    assert asked.status_code == 200
    assert asked.headers["HX-Redirect"].startswith("/sign-in/?next=%2Frecords%2F")


def test_the_page_says_how_long_it_lasts(client, settings):
    settings.SESSION_IDLE = timedelta(minutes=7)

    assert 'data-seconds="420"' in client.get(ACCOUNT).content.decode()
    assert "data-seconds" not in Client().get("/sign-in/").content.decode()
