"""The admin site's own door: staff only, counted, entered in the ledger."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Outcome
from phr.interfaces.session_store import SessionStore
from tests.admin.conftest import try_to_sign_in
from tests.broker import closed_address
from tests.conftest import user_of
from tests.factories import PASSWORD, DoctorFactory, StaffFactory


def sign_ins() -> list[tuple[object, str, str]]:
    lines = AccessEntry.objects.filter(action="accounts.signed_in").order_by("pk")
    return list(lines.values_list("actor_id", "outcome", "face"))


def test_staff_sign_in_and_the_ledger_says_so(sam):
    client = Client()

    response = try_to_sign_in(client, "sam")

    assert response.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert sign_ins() == [(sam.pk, Outcome.ALLOWED, "admin")]


def test_staff_may_give_their_e_mail_address(sam):
    assert try_to_sign_in(Client(), "sam@example.org").status_code == 302


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_patients_and_doctors_cannot_enter_with_their_right_password(request, who):
    user = user_of(request.getfixturevalue(who))
    client = Client()

    response = try_to_sign_in(client, user.username)
    wrong = try_to_sign_in(Client(), user.username, "not the password")

    assert response.status_code == 200
    assert response.context["form"].errors == wrong.context["form"].errors
    assert client.get("/admin/").status_code == 302
    assert {outcome for _, outcome, _ in sign_ins()} == {Outcome.REFUSED}
    assert not LoginSession.objects.exists()


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_even_with_a_session_patients_and_doctors_see_nothing(request, who):
    client = Client()
    client.force_login(user_of(request.getfixturevalue(who)))

    for path in ("/admin/", "/admin/accounts/user/", "/admin/autocomplete/"):
        assert client.get(path).status_code == 302


def test_who_has_left_cannot_enter(db):
    StaffFactory(username="lee", is_active=False)

    assert try_to_sign_in(Client(), "lee").status_code == 200


def test_who_is_blocked_is_out_at_once(sam, browser):
    client = browser(sam)
    sam.is_active = False
    sam.save()

    assert client.get("/admin/").status_code == 302


def test_after_ten_failures_even_the_right_password_waits(sam):
    client = Client()
    for _ in range(10):
        try_to_sign_in(client, "sam", "wrong")

    response = try_to_sign_in(client, "sam")

    assert response.status_code == 200
    assert "Please wait before you try again." in response.content.decode()
    assert client.get("/admin/").status_code == 302


def test_failures_at_the_api_count_here_too(sam, api):
    body = {"username": "sam", "password": "wrong"}
    for _ in range(10):
        api("nobody").post("/api/auth/login/", body, format="json")

    assert try_to_sign_in(Client(), "sam").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_without_redis_signing_in_works_and_stays_limited(sam, settings):
    settings.REDIS_URL = closed_address()

    assert try_to_sign_in(Client(), "sam").status_code == 302
    for _ in range(10):
        try_to_sign_in(Client(), "sam", "wrong")
    response = try_to_sign_in(Client(), "sam")

    assert response.status_code == 200
    assert "Please wait before you try again." in response.content.decode()


@pytest.mark.parametrize("username", ["", "a\0b", "x" * 255, "nobody-of-this-name"])
def test_whatever_is_typed_is_answered_by_the_form(db, username):
    response = try_to_sign_in(Client(), username)

    assert response.status_code == 200
    assert response.context["form"].errors


def test_a_sign_in_needs_the_token_of_the_form(sam):
    client = Client(enforce_csrf_checks=True)

    assert try_to_sign_in(client, "sam").status_code == 403


def test_changing_ones_own_password_ends_ones_login_sessions(sam, browser, api):
    phone = api("sam")
    client = browser(sam)
    body = {
        "old_password": PASSWORD,
        "new_password1": "purple monkey dish 8",
        "new_password2": "purple monkey dish 8",
    }

    assert client.post("/admin/password_change/", body).status_code == 302

    line = AccessEntry.objects.get(action=Action.PASSWORD_CHANGED)
    assert (line.actor_id, line.object_ids) == (sam.pk, [sam.pk])
    assert phone.get("/api/auth/profile/").status_code == 401
    assert try_to_sign_in(Client(), "sam").status_code == 200
    assert try_to_sign_in(Client(), "sam", body["new_password1"]).status_code == 302


def test_a_browser_keeps_three_cookies_and_no_message(alice, dr_bob, rita, browser):
    client = browser(rita)
    key = client.cookies["sessionid"].value
    body = {"patient": alice.pk, "doctor": DoctorFactory(verified=True).pk}

    assert client.post("/admin/care/caregrant/add/", body).status_code == 302
    shown = client.get("/admin/").content.decode()

    assert "successfully" in shown
    assert len(key) == 32
    assert {name: cookie["samesite"] for name, cookie in client.cookies.items()} == {
        "sessionid": "Lax",
        "csrftoken": "Lax",
        "device": "Strict",
    }
    assert all(cookie["httponly"] for cookie in client.cookies.values())


def test_a_key_of_a_session_is_random_and_long(db):
    """165 bits of the operating system: neither time nor seed makes one again."""
    keys = []
    with time_machine.travel(timezone.now(), tick=False):
        for _ in range(2):
            random.seed(7)
            store = SessionStore()
            store.create()
            keys.append(str(store.session_key))

    assert keys[0] != keys[1]
    assert [len(key) for key in keys] == [32, 32]
    assert len(set("".join(keys))) > 16


def test_a_session_that_rests_for_a_quarter_of_an_hour_is_over(sam, browser):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        client = browser(sam)
        clock.shift(timedelta(minutes=15))
        assert client.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=17))
        assert client.get("/admin/").status_code == 302


def test_signing_in_gives_the_browser_another_key(sam):
    client = Client()
    client.cookies["sessionid"] = fixed = "a" * 32

    assert try_to_sign_in(client, "sam").status_code == 302

    assert client.cookies["sessionid"].value != fixed
    stranger = Client()
    stranger.cookies["sessionid"] = fixed
    assert stranger.get("/admin/").status_code == 302
