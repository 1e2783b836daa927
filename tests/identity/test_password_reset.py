"""A new password by a link in a mail."""

import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.links import reset_key
from phr.accounts.models import LoginSession, User
from phr.identity.sign_in import start_session
from tests.at_once import all_at_once
from tests.attacks.acting import otp, with_app
from tests.factories import PASSWORD
from tests.identity.account_steps import (
    CHANGE,
    FORGOT,
    NEW_PASSWORD,
    PROFILE,
    REFRESH,
    RESET,
    TWICE,
    browser_of,
    confirm_address,
    events_of,
    lines_of,
    log_in,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)
RIGHT = {"current_password": PASSWORD, **TWICE}


def reset(key, password=NEW_PASSWORD, address="203.0.113.7"):
    body = {"key": key, "password": password, "password_confirm": password}
    return APIClient().post(RESET, body, REMOTE_ADDR=address)


def forgot(email, address="203.0.113.7"):
    return APIClient().post(FORGOT, {"email": email}, REMOTE_ADDR=address)


def test_a_link_from_a_mail_opens_the_way_to_a_new_password(alice, deliver):
    confirm_address(alice.user)

    assert forgot("Alice@Example.org").status_code == 202
    deliver()
    (arrived,) = mail.outbox
    (key,) = re.findall(r"/account/reset-password/#key=(\S+)", str(arrived.body))

    assert arrived.to == ["alice@example.org"]
    assert reset(key).status_code == 204
    assert log_in("alice", NEW_PASSWORD).status_code == 200
    problem_of(log_in("alice"), 401, "invalid_credentials")


def test_only_an_address_that_was_confirmed_gets_a_link(alice, carol, deliver):
    confirm_address(carol.user)

    for email in (alice.user.email, "stranger@example.org"):
        forgot(email)
    deliver()
    assert mail.outbox == []

    forgot(carol.user.email)
    deliver()
    assert [arrived.to for arrived in mail.outbox] == [[carol.user.email]]


def test_a_blocked_account_gets_no_link(alice, deliver):
    confirm_address(alice.user)
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    assert forgot(alice.user.email).status_code == 202
    deliver()

    assert mail.outbox == []


def test_the_answer_does_not_tell_whether_there_is_an_account(alice, carol, dr_bob):
    confirm_address(alice.user)
    confirm_address(carol.user)
    User.objects.filter(pk=carol.user_id).update(is_active=False)
    known, unconfirmed = alice.user.email, dr_bob.user.email
    answers, statements = [], set()
    for email in (known, unconfirmed, carol.user.email, "stranger@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(forgot(email))
        statements.add(len(queries))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert len({frozenset(answer.headers) for answer in answers}) == 1
    assert len(statements) == 1
    assert len(events_of("accounts.password_reset_asked")) == len(answers)


def test_five_links_an_hour_go_to_a_mailbox_known_or_not(alice):
    confirm_address(alice.user)

    for email in (alice.user.email, "stranger@example.org"):
        for number in range(5):
            assert forgot(email, f"198.51.100.{number}").status_code == 202
        refused = forgot(email.upper(), "192.0.2.1")
        problem_of(refused, 429, "too_many_requests")
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert len(events_of("accounts.password_reset_asked")) == 10


def test_thirty_links_an_hour_are_asked_for_by_a_client():
    for number in range(30):
        assert forgot(f"stranger{number}@example.org").status_code == 202

    problem_of(forgot("another@example.org"), 429, "too_many_requests")
    assert forgot("another@example.org", "192.0.2.1").status_code == 202


def test_a_reset_is_entered_and_told(alice):
    reset(reset_key(alice.user))

    entered = [(alice.user_id, alice.pk, "ALLOWED")]
    assert lines_of("accounts.password_reset") == entered
    told = [{"user_id": str(alice.user_id)}]
    assert events_of("accounts.password_reset") == told


def test_all_sessions_end_with_a_reset_and_nobody_is_signed_in(api, alice, carol):
    phone, carols = api("alice"), api("carol")
    tokens = start_session(user=alice.user, at=timezone.now())

    done = reset(reset_key(alice.user))

    assert (done.status_code, done.content, dict(done.cookies)) == (204, b"", {})
    assert phone.get(PROFILE).status_code == 401
    refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    assert refreshed.status_code == 401
    assert not LoginSession.objects.filter(user=alice.user, revoked_at=None).exists()
    assert carols.get(PROFILE).status_code == 200


def test_browsers_at_the_admin_site_end_with_a_reset(sam):
    client = browser_of(sam)
    sam.refresh_from_db()  # a key is spent by signing in there, too

    assert reset(reset_key(sam)).status_code == 204

    assert client.get("/admin/").status_code == 302
    assert browser_of(sam, NEW_PASSWORD).get("/admin/").status_code == 200


def test_a_reset_is_no_way_around_the_second_factor(alice):
    secret, _ = with_app(alice.user)

    assert reset(reset_key(alice.user)).status_code == 204

    problem_of(log_in("alice", NEW_PASSWORD), 401, "mfa_required")
    in_by_both = log_in("alice", NEW_PASSWORD, otp=otp(secret))
    assert in_by_both.status_code == 200


def test_a_key_works_once(alice):
    key = reset_key(alice.user)

    assert reset(key).status_code == 204
    with nothing_written():
        problem_of(reset(key, "a third long sentence 9"), 403, "invalid_link")


def test_a_key_works_for_an_hour(alice):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first, second = reset_key(alice.user), reset_key(alice.user)
        clock.shift(AN_HOUR + timedelta(seconds=1))
        problem_of(reset(first), 403, "invalid_link")
        clock.shift(timedelta(seconds=-2))
        assert reset(second).status_code == 204


@pytest.mark.parametrize("spent_by", ["password", "address", "blocking"])
def test_a_key_is_spent_by_whatever_else_changes(api, alice, spent_by):
    key, client = reset_key(alice.user), api("alice")
    match spent_by:
        case "password":
            assert client.post(CHANGE, RIGHT).status_code == 204
        case "address":
            user = {"email": "moreau@example.org"}
            assert client.patch(PROFILE, {"user": user}).status_code == 200
        case "blocking":
            User.objects.filter(pk=alice.user_id).update(is_active=False)

    with nothing_written():
        problem_of(reset(key), 403, "invalid_link")


def test_a_key_of_one_account_sets_no_password_of_another(alice, carol):
    (_, token), others = reset_key(alice.user).split("."), carol.user_id.hex

    problem_of(reset(f"{others}.{token}"), 403, "invalid_link")


@pytest.mark.parametrize(
    "key", ["x", ".", "not-an-id.token", "00" * 16 + ".x-y", "é.é", "a" * 500]
)
def test_what_is_no_key_opens_nothing(alice, key):
    with nothing_written():
        problem_of(reset(key), 403, "invalid_link")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_key_at_once_one_wins(alice):
    key = reset_key(alice.user)
    words = ["the first long sentence 1", "the second long sentence 2"]

    answers = all_at_once([partial(reset, key, word) for word in words])

    assert sorted(answer.status_code for answer in answers) == [204, 403]
    (won,) = [n for n, answer in enumerate(answers) if answer.status_code == 204]
    assert log_in("alice", words[won]).status_code == 200
    assert len(events_of("accounts.password_reset")) == 1


def test_a_weak_password_does_not_spend_the_key(alice):
    key = reset_key(alice.user)

    with nothing_written():
        assert faults_of(reset(key, "password123")) == {("password", "weak_password")}

    assert reset(key).status_code == 204


def test_two_different_passwords_do_not_spend_the_key(alice):
    body = {"key": reset_key(alice.user), **TWICE}

    faults = faults_of(APIClient().post(RESET, body | {"password_confirm": "other"}))

    assert faults == {("password_confirm", "mismatch")}
    assert APIClient().post(RESET, body).status_code == 204


def test_who_has_no_password_gets_one_by_a_link(alice, deliver):
    alice.user.set_unusable_password()
    alice.user.save()
    confirm_address(alice.user)

    forgot(alice.user.email)
    deliver()
    (key,) = re.findall(r"#key=(\S+)", str(mail.outbox[0].body))

    assert reset(key).status_code == 204
    assert log_in("alice", NEW_PASSWORD).status_code == 200


def test_after_thirty_guesses_of_a_key_a_client_waits(alice):
    for _ in range(29):
        reset("x.y")
    for _ in range(2):  # what succeeds is not counted
        assert reset(reset_key(User.objects.get(pk=alice.user_id))).status_code == 204
    reset("x.y")

    key = reset_key(User.objects.get(pk=alice.user_id))
    problem_of(reset(key), 429, "too_many_requests")
    assert reset(key, address="192.0.2.1").status_code == 204
