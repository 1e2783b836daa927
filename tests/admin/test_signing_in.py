"""Staff sign in as everybody does: counted, entered, and let in to the admin site."""

import random
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Outcome
from phr.identity.sign_in import SESSIONS_A_DAY
from phr.interfaces.session_store import SessionStore
from tests.broker import closed_address
from tests.conftest import user_of
from tests.factories import PASSWORD, DoctorFactory, StaffFactory
from tests.signing_in import sign_in_to_the_admin_site


def sign_ins() -> list[tuple[object, str, str]]:
    lines = AccessEntry.objects.filter(action="accounts.signed_in").order_by("pk")
    return list(lines.values_list("actor_id", "outcome", "face"))


def test_staff_sign_in_and_the_ledger_says_so(sam):
    client = Client()

    response = sign_in_to_the_admin_site(client, "sam")

    assert response.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert sign_ins() == [(sam.pk, Outcome.ALLOWED, "portal")]


def test_staff_may_give_their_e_mail_address(sam):
    assert sign_in_to_the_admin_site(Client(), "sam@example.org").status_code == 302


PLACES = ("/admin/", "/admin/accounts/user/", "/admin/autocomplete/", "/admin/no/such/")


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_patients_and_doctors_sign_in_and_are_told_that_it_is_not_for_them(
    request, who
):
    """In the same words whether there is such a page, and without a loop."""
    user = user_of(request.getfixturevalue(who))
    client = Client()

    signed_in = sign_in_to_the_admin_site(client, user.username)
    pages = [
        client.get(signed_in.headers["Location"]),
        *map(client.get, PLACES),
        *map(client.post, PLACES),
        client.get("/admin/login/", {"next": "/admin/"}),
    ]

    for page in pages:
        assert page.status_code == 403
        assert page.content.decode().count("this account may not open this page") == 1
    assert not LoginSession.objects.exists()


def test_the_address_of_before_leads_to_the_one_form_and_on_from_there(sam):
    client = Client()
    wanted = "/admin/accounts/user/?q=a%26b"

    for method in (client.get, client.post):
        led = method(f"/admin/login/?{urlencode({'next': wanted})}")
        assert led.status_code == 302
        assert led.headers["Location"] == f"/sign-in/?{urlencode({'next': wanted})}"
    body = {"username": "sam", "password": PASSWORD}
    signed_in = client.post(led.headers["Location"], body)

    assert signed_in.headers["Location"] == wanted
    again = client.get("/admin/login/", {"next": wanted})
    assert again.headers["Location"] == wanted


def test_a_password_sent_to_the_address_of_before_is_not_looked_at(sam):
    client = Client()

    client.post("/admin/login/", {"username": "sam", "password": PASSWORD})

    assert client.get("/admin/").status_code == 302
    assert sign_ins() == []


def test_staff_are_told_of_a_sign_in_from_a_new_place(sam, deliver):
    for place in ("203.0.113.7", "198.51.100.1"):
        client = Client(REMOTE_ADDR=place)
        assert sign_in_to_the_admin_site(client, "sam").status_code == 302

    deliver()

    told = list(sam.notifications.values_list("title", flat=True))
    assert told == ["Sign-in from a new place"]


def test_a_thousand_sessions_a_day_are_enough_for_staff_too(sam):
    SESSIONS_A_DAY.take(str(sam.pk), SESSIONS_A_DAY.times)
    client = Client()

    assert sign_in_to_the_admin_site(client, "sam").status_code == 429
    assert client.get("/admin/").status_code == 302
    SESSIONS_A_DAY.give_back(str(sam.pk), SESSIONS_A_DAY.times)


def test_who_has_left_cannot_enter(db):
    StaffFactory(username="lee", is_active=False)

    assert sign_in_to_the_admin_site(Client(), "lee").status_code == 401


def test_who_is_blocked_is_out_at_once(sam, browser):
    client = browser(sam)
    sam.is_active = False
    sam.save()

    assert client.get("/admin/").status_code == 302


def test_after_ten_failures_even_the_right_password_waits(sam):
    client = Client()
    for _ in range(10):
        sign_in_to_the_admin_site(client, "sam", "wrong")

    response = sign_in_to_the_admin_site(client, "sam")

    assert response.status_code == 429
    assert "Please wait before you try again." in response.content.decode()
    assert client.get("/admin/").status_code == 302


def test_failures_at_the_api_count_here_too(sam, api):
    body = {"username": "sam", "password": "wrong"}
    for _ in range(10):
        api("nobody").post("/api/auth/login/", body, format="json")

    assert sign_in_to_the_admin_site(Client(), "sam").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_without_redis_signing_in_works_and_stays_limited(sam, settings):
    settings.REDIS_URL = closed_address()

    assert sign_in_to_the_admin_site(Client(), "sam").status_code == 302
    for _ in range(10):
        sign_in_to_the_admin_site(Client(), "sam", "wrong")
    response = sign_in_to_the_admin_site(Client(), "sam")

    assert response.status_code == 429
    assert "Please wait before you try again." in response.content.decode()


@pytest.mark.parametrize("username", ["", "a\0b", "x" * 255, "nobody-of-this-name"])
def test_whatever_is_typed_is_answered_by_the_form(db, username):
    response = sign_in_to_the_admin_site(Client(), username)

    assert response.status_code in (400, 401)
    assert response.context["form"].errors


def test_a_sign_in_needs_the_token_of_the_form(sam):
    client = Client(enforce_csrf_checks=True)

    assert sign_in_to_the_admin_site(client, "sam").status_code == 403


def test_changing_ones_own_password_ends_ones_login_sessions(sam, browser, api):
    phone = api("sam")
    client = browser(sam)
    body = {
        "current_password": PASSWORD,
        "password": "purple monkey dish 8",
        "password_confirm": "purple monkey dish 8",
    }
    page = client.get("/admin/password_change/").headers["Location"]

    assert client.post(page, body).status_code == 302

    line = AccessEntry.objects.get(action=Action.PASSWORD_CHANGED)
    assert (line.actor_id, line.object_ids) == (sam.pk, [sam.pk])
    assert phone.get("/api/auth/profile/").status_code == 401
    new = body["password"]
    assert sign_in_to_the_admin_site(Client(), "sam").status_code == 401
    assert sign_in_to_the_admin_site(Client(), "sam", new).status_code == 302


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
        led = client.get("/admin/")
        assert led.headers["Location"] == "/sign-in/?next=%2Fadmin%2F&note=ended"


def test_signing_in_gives_the_browser_another_key(sam):
    client = Client()
    client.cookies["sessionid"] = fixed = "a" * 32

    assert sign_in_to_the_admin_site(client, "sam").status_code == 302

    assert client.cookies["sessionid"].value != fixed
    stranger = Client()
    stranger.cookies["sessionid"] = fixed
    assert stranger.get("/admin/").status_code == 302
