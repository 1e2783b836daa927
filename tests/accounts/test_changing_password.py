"""Changing one's own password by the present one."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from phr.accounts.passwords import reset_key
from phr.accounts.services import start_session
from tests.accounts.steps import (
    NEW_PASSWORD,
    REFRESH,
    client_with,
    events_of,
    is_in,
    lines_of,
    log_in,
    set_up_app,
)
from tests.at_once import all_at_once
from tests.factories import PASSWORD, StaffFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

CHANGE = "/api/auth/password/change/"


def body(**changes):
    return {
        "current_password": PASSWORD,
        "password": NEW_PASSWORD,
        "password_confirm": NEW_PASSWORD,
    } | changes


def test_the_new_password_counts_and_the_old_one_does_not(api, alice):
    answer = api("alice").post(CHANGE, body())

    assert (answer.status_code, answer.content) == (204, b"")
    problem_of(log_in(), 401, "invalid_credentials")
    assert log_in(password=NEW_PASSWORD).status_code == 200
    assert events_of("accounts.password_changed") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.password_changed") == [(alice.user_id, "ALLOWED")]


def test_other_sessions_end_and_this_one_goes_on(api, alice, carol):
    here, there, carols = api("alice"), api("alice"), api("carol")

    here.post(CHANGE, body())

    assert is_in(here)
    assert not is_in(there)
    assert is_in(carols)


def test_refresh_tokens_of_other_sessions_end_as_well(api, alice):
    tokens = start_session(user=alice.user, at=timezone.now())

    api("alice").post(CHANGE, body())

    refused = api("nobody").post(REFRESH, {"refresh": tokens.refresh})
    problem_of(refused, 401, "invalid_token")


def test_sessions_in_browsers_end(api, sam):
    browser = Client()
    browser.post("/admin/login/", {"username": "sam", "password": PASSWORD})
    assert browser.get("/admin/").status_code == 200

    api("sam").post(CHANGE, body())

    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("current", ["wrong", PASSWORD.upper(), PASSWORD + " "])
def test_the_present_password_is_asked_for(api, alice, current):
    client = api("alice")

    with nothing_written():
        answer = client.post(CHANGE, body(current_password=current))
    problem_of(answer, 403, "wrong_password")


def test_after_ten_wrong_ones_the_right_one_waits(api, alice):
    client = api("alice")
    for _ in range(10):
        client.post(CHANGE, body(current_password="wrong"))

    with nothing_written():
        problem_of(client.post(CHANGE, body()), 429, "too_many_requests")


@pytest.mark.parametrize("weak", ["password", "alice@example.org", "48151623421", "x"])
def test_a_weak_password_is_refused(api, alice, weak):
    client = api("alice")

    with nothing_written():
        answer = client.post(CHANGE, body(password=weak, password_confirm=weak))
    assert {field for field, _ in faults_of(answer)} == {"password"}


def test_the_same_password_again_is_taken(api, alice):
    same = body(password=PASSWORD, password_confirm=PASSWORD)

    assert api("alice").post(CHANGE, same).status_code == 204


def test_two_that_differ_are_refused(api, alice):
    client = api("alice")

    with nothing_written():
        answer = client.post(CHANGE, body(password_confirm=NEW_PASSWORD + "."))
    assert faults_of(answer) == {("password_confirm", "mismatch")}


def test_a_link_for_a_new_password_is_spent_by_it(api, alice):
    key = reset_key(alice.user)
    api("alice").post(CHANGE, body())

    new = {"password": "yet another one 99", "password_confirm": "yet another one 99"}
    answer = api("nobody").post("/api/auth/password/reset/", new | {"key": key})

    problem_of(answer, 403, "invalid_link")


def test_the_second_factor_stays(api, alice):
    app, _ = set_up_app(api("alice"))

    api("alice").post(CHANGE, body())

    problem_of(log_in(password=NEW_PASSWORD), 401, "mfa_required")
    assert log_in(password=NEW_PASSWORD, otp=app.code(steps=1)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_counts(api, alice):
    passwords = [f"{number} green bottles on walls" for number in range(2)]
    clients = [api("alice"), api("alice")]
    calls = [
        partial(client.post, CHANGE, body(password=new, password_confirm=new))
        for client, new in zip(clients, passwords, strict=True)
    ]

    statuses = [answer.status_code for answer in all_at_once(calls)]

    # Whoever was second finds another password, or a session that has ended.
    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 401, 403}
    winner = statuses.index(204)
    assert log_in(password=passwords[winner]).status_code == 200
    assert is_in(clients[winner])
    assert not is_in(clients[1 - winner])


def test_staff_change_theirs_as_well(db):
    kim = StaffFactory(username="kim")
    client = client_with(start_session(user=kim, at=timezone.now()).access)

    assert client.post(CHANGE, body()).status_code == 204
    assert log_in("kim", NEW_PASSWORD).status_code == 200
