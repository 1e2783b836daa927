"""A new password by a link in a mail: for confirmed addresses, once, for an hour."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.addresses import claim, confirm, confirmation_key
from phr.accounts.models import LoginSession, Mail, User
from phr.accounts.passwords import reset_key
from phr.core import counters
from tests.accounts.steps import (
    NEW_PASSWORD,
    PROFILE,
    events_of,
    is_in,
    lines_of,
    log_in,
    set_up_app,
)
from tests.at_once import all_at_once
from tests.factories import PASSWORD, PatientFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

FORGOT, RESET = "/api/auth/password/forgot/", "/api/auth/password/reset/"
NOBODY = str(UUID(int=0))


def confirm_address(user):
    claim(user)
    confirm(key=confirmation_key(user, user.email))


def forget(email, **headers):
    return APIClient().post(FORGOT, {"email": email}, **headers)


def reset(key, password=NEW_PASSWORD, **changes):
    body = {"key": key, "password": password, "password_confirm": password}
    return APIClient().post(RESET, body | changes)


def asked_for():
    return [told["user_id"] for told in events_of("accounts.password_reset_asked")]


def refused(key, **changes):
    with nothing_written():
        problem_of(reset(key, **changes), 403, "invalid_link")


@pytest.mark.parametrize("written", ["alice@example.org", "Alice@Example.ORG"])
def test_a_link_goes_to_an_address_that_was_confirmed(alice, written):
    confirm_address(alice.user)

    answer = forget(written)

    assert answer.status_code == 202
    assert asked_for() == [str(alice.user_id)]


def test_an_address_that_nobody_has_confirmed_gets_none(alice):
    claim(alice.user)

    forget("alice@example.org")

    assert asked_for() == [NOBODY]


def test_whoever_has_only_claimed_an_address_gets_none(alice):
    confirm_address(alice.user)
    mallory = PatientFactory(user__username="mallory", user__email="alice@example.org")
    claim(mallory.user)

    forget("alice@example.org")

    assert asked_for() == [str(alice.user_id)]


def test_the_answer_does_not_tell_whether_there_is_an_account(alice, carol):
    confirm_address(alice.user)

    known, unconfirmed, unknown = (
        forget(f"{name}@example.org") for name in ("alice", "carol", "nobody")
    )

    assert known.status_code == unconfirmed.status_code == unknown.status_code == 202
    assert known.content == unconfirmed.content == unknown.content
    assert not Mail.objects.exists(), "what is sent is decided after the answer"
    assert asked_for() == [str(alice.user_id), NOBODY, NOBODY]


def test_a_blocked_account_gets_no_link(alice):
    confirm_address(alice.user)
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    assert forget("alice@example.org").status_code == 202
    assert asked_for() == [NOBODY]


def test_five_links_an_hour_are_enough_for_one_mailbox(db):
    for number in range(5):
        where = {"REMOTE_ADDR": f"203.0.113.{number}"}
        assert forget("alice@example.org", **where).status_code == 202

    with nothing_written():
        problem_of(forget("ALICE@example.org"), 429, "too_many_requests")
    assert forget("carol@example.org").status_code == 202


def test_thirty_links_an_hour_are_enough_for_one_client(db):
    for number in range(30):
        assert forget(f"person{number}@example.org").status_code == 202

    problem_of(forget("person99@example.org"), 429, "too_many_requests")
    elsewhere = forget("person99@example.org", REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 202


def test_a_new_password_is_set_and_nobody_is_signed_in(alice):
    answer = reset(reset_key(alice.user))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not LoginSession.objects.exists()
    problem_of(log_in(), 401, "invalid_credentials")
    assert log_in(password=NEW_PASSWORD).status_code == 200
    assert events_of("accounts.password_reset") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.password_reset") == [(alice.user_id, "ALLOWED")]


def test_a_second_factor_is_still_asked_for(api, alice):
    app, _ = set_up_app(api("alice"))

    reset(reset_key(alice.user))

    problem_of(log_in(password=NEW_PASSWORD), 401, "mfa_required")
    assert log_in(password=NEW_PASSWORD, otp=app.code(steps=1)).status_code == 200


def test_all_sessions_end(api, sam, alice):
    phone, tablet, alices = api("sam"), api("sam"), api("alice")
    browser = Client()
    browser.post("/admin/login/", {"username": "sam", "password": PASSWORD})
    assert browser.get("/admin/").status_code == 200

    sam.refresh_from_db()  # a sign-in at the admin site spends links as well
    assert reset(reset_key(sam)).status_code == 204

    assert not is_in(phone)
    assert not is_in(tablet)
    assert browser.get("/admin/").status_code == 302
    assert is_in(alices)


def test_a_link_works_once(alice):
    key = reset_key(alice.user)
    assert reset(key).status_code == 204

    alice.user.refresh_from_db()
    refused(key)
    assert reset(reset_key(alice.user), "yet another one 99").status_code == 204


def test_a_link_works_for_an_hour(alice):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        key = reset_key(alice.user)
    with time_machine.travel(now + timedelta(hours=1, seconds=1), tick=False):
        refused(key)
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert reset(key).status_code == 204


def test_a_change_of_the_address_spends_the_link(api, alice):
    key = reset_key(alice.user)
    api("alice").patch(PROFILE, {"user": {"email": "moved@example.org"}})

    refused(key)


def test_a_link_of_a_blocked_account_does_not_work(alice):
    key = reset_key(alice.user)
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    refused(key)


def test_a_link_is_its_own_accounts(alice, carol):
    _, _, token = reset_key(alice.user).partition(".")

    refused(f"{carol.user_id.hex}.{token}")


@pytest.mark.parametrize("key", ["x", ".", "x.y", "0" * 32 + ".", "é.ü", "9" * 500])
def test_what_is_no_link_of_ours_is_refused(alice, key):
    refused(key)
    refused(f"{alice.user_id.hex}.{key[:400]}")


@pytest.mark.parametrize("weak", ["password", "alice@example.org", "48151623421"])
def test_a_weak_password_is_refused_and_the_link_stays(alice, weak):
    key = reset_key(alice.user)

    with nothing_written():
        answer = reset(key, weak)
    assert faults_of(answer) == {("password", "weak_password")}
    assert reset(key).status_code == 204


def test_two_that_differ_are_refused(alice):
    with nothing_written():
        answer = reset(reset_key(alice.user), password_confirm="something else 5")
    assert faults_of(answer) == {("password_confirm", "mismatch")}


def test_thirty_wrong_links_an_hour_are_enough_for_one_client(alice):
    for _ in range(30):
        problem_of(reset("x.y"), 403, "invalid_link")

    with nothing_written():
        problem_of(reset(reset_key(alice.user)), 429, "too_many_requests")
    counters.connection().flushdb()
    assert reset(reset_key(alice.user)).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_of_one_link_at_once_one_wins(alice):
    key = reset_key(alice.user)
    passwords = [f"{number} green bottles on walls" for number in range(4)]

    answers = all_at_once([partial(reset, key, password) for password in passwords])

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [204, 403, 403, 403]
    winner = passwords[statuses.index(204)]
    assert log_in(password=winner).status_code == 200
