"""A new password by the present one."""

from collections import Counter
from functools import partial

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.accounts.passwords import WrongPassword
from phr.identity.password_change import change_password
from phr.identity.sign_in import start_session
from tests.at_once import all_at_once
from tests.factories import PASSWORD
from tests.identity.account_steps import (
    CHANGE,
    NEW_PASSWORD,
    PROFILE,
    REFRESH,
    TWICE,
    browser_of,
    events_of,
    lines_of,
    log_in,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
RIGHT = {"current_password": PASSWORD, **TWICE}
WRONG = {"current_password": "not my password", **TWICE}


def test_who_changes_the_password_signs_in_with_the_new_one_only(api, alice):
    assert api("alice").post(CHANGE, RIGHT).status_code == 204

    problem_of(log_in("alice"), 401, "invalid_credentials")
    assert log_in("alice", NEW_PASSWORD).status_code == 200


def test_a_changed_password_is_entered_and_told(api, alice, carol):
    api("alice").post(CHANGE, RIGHT)

    entered = [(alice.user_id, alice.pk, "ALLOWED")]
    assert lines_of("accounts.password_changed") == entered
    told = [{"user_id": str(alice.user_id)}]
    assert events_of("accounts.password_changed") == told


def test_the_other_sessions_end_and_this_one_goes_on(api, alice, carol):
    phone, tablet, carols = api("alice"), api("alice"), api("carol")
    tokens = start_session(user=alice.user, at=timezone.now())

    assert phone.post(CHANGE, RIGHT).status_code == 204

    assert phone.get(PROFILE).status_code == 200
    assert tablet.get(PROFILE).status_code == 401
    refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    assert refreshed.status_code == 401
    assert carols.get(PROFILE).status_code == 200


def test_browsers_at_the_admin_site_are_signed_out_by_it_too(api, sam):
    client = browser_of(sam)

    assert api("sam").post(CHANGE, RIGHT).status_code == 204

    assert client.get("/admin/").status_code == 302
    assert not client.session.get("_auth_user_id")


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_a_wrong_present_password_changes_nothing(api, request, who):
    request.getfixturevalue(who)
    client = api(who)

    with nothing_written():
        problem_of(client.post(CHANGE, WRONG), 403, "wrong_password")


def test_after_ten_wrong_ones_even_the_right_one_waits(api, alice, carol):
    client = api("alice")
    for _ in range(10):
        problem_of(client.post(CHANGE, WRONG), 403, "wrong_password")

    refused = api("alice").post(CHANGE, RIGHT)

    problem_of(refused, 429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert api("carol").post(CHANGE, RIGHT).status_code == 204


def test_changes_that_succeed_are_not_counted(api, alice):
    client, passwords = api("alice"), [PASSWORD, NEW_PASSWORD]
    for turn in range(12):
        now, then = passwords[turn % 2], passwords[(turn + 1) % 2]
        body = {"current_password": now, "password": then, "password_confirm": then}
        assert client.post(CHANGE, body).status_code == 204


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"password": "x8!", "password_confirm": "x8!"}, "weak_password"),
        (dict.fromkeys(TWICE, "password123"), "weak_password"),
        (dict.fromkeys(TWICE, "alice@example.org"), "weak_password"),
        ({"password_confirm": "another long sentence 9"}, "mismatch"),
        ({"password_confirm": ""}, "blank"),
    ],
)
def test_a_password_that_is_weak_or_mistyped_changes_nothing(
    api, alice, changes, fault
):
    client = api("alice")

    with nothing_written():
        faults = faults_of(client.post(CHANGE, RIGHT | changes))

    assert {code for _, code in faults} == {fault}


def test_who_has_no_password_cannot_change_it_without_one(api, alice):
    alice.user.set_unusable_password()
    alice.user.save()

    problem_of(api("alice").post(CHANGE, RIGHT), 403, "wrong_password")


def test_a_present_password_that_was_changed_meanwhile_is_a_wrong_one(alice):
    as_checked = User.objects.get(pk=alice.user_id)
    alice.user.set_password("a walk along the sea 4")
    alice.user.save()

    with nothing_written(), pytest.raises(WrongPassword):
        change_password(
            LoginSession(user=as_checked),
            current=PASSWORD,
            password=NEW_PASSWORD,
            at=timezone.now(),
        )


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_once_one_wins(alice):
    access = start_session(user=alice.user, at=timezone.now()).access

    def change(number):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
        new = f"another long sentence {number}"
        return client.post(
            CHANGE,
            {"current_password": PASSWORD, "password": new, "password_confirm": new},
        )

    answers = all_at_once([partial(change, number) for number in range(4)])

    assert Counter(a.status_code for a in answers) == {204: 1, 403: 3}
    (won,) = [n for n, a in enumerate(answers) if a.status_code == 204]
    assert log_in("alice", f"another long sentence {won}").status_code == 200
