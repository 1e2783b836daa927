"""The two pages that mailed links open: the key stands behind the #, or is pasted."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from phr.accounts.addresses import has_confirmed_address
from phr.accounts.links import reset_key
from phr.accounts.models import User
from phr.core.models import OutboxEvent
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.factories import PASSWORD
from tests.identity.account_steps import (
    FORGOT,
    NEW_PASSWORD,
    RESEND,
    TWICE,
    confirm_address,
    confirmation_key_of,
)

CONFIRM, RESET = "/account/confirm-email/", "/account/reset-password/"
SEND, FORGOTTEN = "/account/confirm-email/send/", "/forgot-password/"
both = pytest.mark.parametrize("path", [CONFIRM, RESET])
pytestmark = pytest.mark.django_db


@pytest.fixture
def script() -> str:
    found = finders.find("portal/links.js")
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")


def test_the_script_takes_the_key_from_the_fragment_and_then_hides_it(script):
    assert "location.hash" in script
    assert "location.search" not in script
    assert 'history.replaceState(null, "", location.pathname)' in script
    for risky in ("innerHTML", "localStorage", "sessionStorage", "cookie", "fetch("):
        assert risky not in script


@both
def test_the_page_sends_nothing_by_itself_and_to_nobody_else(path):
    page = Client().get(path)

    assert page.status_code == 200
    assert "portal/links" in page.content.decode()
    assert "data-link" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", ["?key=not-a-key", "?key=", "?x=1"])
@both
def test_a_key_in_the_query_does_nothing(path, query):
    assert b"not-a-key" not in Client().get(path + query).content


def test_the_mailed_links_open_these_pages_with_the_key_behind_the_hash(
    api, alice, carol, deliver
):
    api("alice").post(RESEND)
    confirm_address(carol.user)
    api("nobody").post(FORGOT, {"email": carol.user.email})
    deliver()
    links = {}
    for sent in mail.outbox:
        (found,) = re.findall(r"https?://\S+/account/\S+", str(sent.body))
        links[sent.to[0]] = urlsplit(found)

    to_confirm, to_reset = links[alice.user.email], links[carol.user.email]
    for link, path in ((to_confirm, CONFIRM), (to_reset, RESET)):
        assert (link.path, link.query) == (path, "")
        assert link.fragment.startswith("key=")
        assert Client().get(link.path).status_code == 200


@pytest.mark.parametrize("before", ["", " https://records.example.org/x/#key="])
def test_a_key_or_the_whole_link_confirms_the_address_once(alice, before):
    key = before + confirmation_key_of(alice.user)

    assert "Your address is confirmed" in page_of(Client().post(CONFIRM, {"key": key}))
    assert has_confirmed_address(alice.user)
    again = Client().post(CONFIRM, {"key": key})
    assert again.status_code == 403
    assert "not valid or has expired" in page_of(again)


def page_of(answer) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("key", ["", "x", "a.b", "\0", "#key=", "x" * 2_000, "ä" * 900])
def test_what_is_no_key_is_refused_in_words(alice, key):
    confirmed = Client().post(CONFIRM, {"key": key})
    reset = Client().post(RESET, TWICE | {"key": key})

    for refused in (confirmed, reset):
        assert refused.status_code in (400, 403)
        assert 'class="error"' in page_of(refused) or "problem" in page_of(refused)


def test_a_link_sets_a_new_password_and_signs_nobody_in(alice):
    signed_in = browser_of(alice.user)
    client = Client()

    done = client.post(RESET, TWICE | {"key": reset_key(alice.user)}, follow=True)

    assert done.redirect_chain == [("/sign-in/?note=password", 302)]
    assert "Sign in with it now." in page_of(done)
    assert User.objects.get(pk=alice.user_id).check_password(NEW_PASSWORD)
    for browser in (client, signed_in):
        assert browser.get("/account/").status_code == 302


def test_a_link_is_spent_by_a_sign_in(alice):
    key = reset_key(alice.user)
    known = {"username": "alice", "password": PASSWORD}
    assert Client().post("/sign-in/", known).status_code == 302

    refused = Client().post(RESET, TWICE | {"key": key})

    assert refused.status_code == 403
    assert User.objects.get(pk=alice.user_id).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"password": NEW_PASSWORD, "password_confirm": "other words 99"}, "differ"),
        ({"password": "12345678", "password_confirm": "12345678"}, "common"),
        (dict.fromkeys(TWICE, "alice@example.org"), "similar"),
    ],
)
def test_a_password_that_is_none_can_be_mended_with_the_same_link(alice, words, said):
    key = reset_key(alice.user)

    refused = Client().post(RESET, words | {"key": key})

    assert refused.status_code == 400
    assert said in page_of(refused)
    assert NEW_PASSWORD not in page_of(refused)
    assert Client().post(RESET, TWICE | {"key": key}).status_code == 302


@pytest.mark.parametrize("whose", ["hers", "nobodys"])
def test_who_has_forgotten_hears_the_same_whether_there_is_an_account(alice, whose):
    confirm_address(alice.user)
    email = alice.user.email if whose == "hers" else "nobody@example.org"

    done = Client().post(FORGOTTEN, {"email": email}, follow=True)

    assert done.redirect_chain == [("/forgot-password/?sent", 302)]
    assert "If an account has confirmed this address" in page_of(done)
    assert OutboxEvent.objects.filter(kind="accounts.password_reset_asked").count() == 1


def test_five_links_an_hour_are_enough_for_a_mailbox(alice):
    answers = [
        Client().post(FORGOTTEN, {"email": "alice@example.org"}).status_code
        for _ in range(7)
    ]

    assert answers == [302] * 5 + [429] * 2


def test_the_link_to_confirm_is_sent_again_five_times_an_hour(alice):
    client = browser_of(alice.user)

    answers = [client.post(SEND).status_code for _ in range(7)]

    assert answers == [302] * 5 + [429] * 2
    assert OutboxEvent.objects.filter(kind="accounts.address_to_confirm").count() == 5


def test_an_address_that_is_confirmed_needs_no_link(alice):
    confirm_address(alice.user)

    refused = browser_of(alice.user).post(SEND)

    assert refused.status_code == 409
    assert "already confirmed" in page_of(refused)


def test_an_address_that_staff_have_entered_is_taken_on_with_a_password(alice):
    User.objects.filter(pk=alice.user_id).update(
        address_set_by_staff_at=alice.created_at
    )
    late = browser_of(alice.user, proof=SIX_MINUTES)

    asked = late.post(SEND)

    assert asked.status_code == 200
    assert 'name="again-password"' in page_of(asked)
    assert not OutboxEvent.objects.filter(kind="accounts.address_to_confirm").exists()
    done = late.post(f"{SEND}?again=", {"again-password": PASSWORD})
    assert done.status_code == 302
    assert OutboxEvent.objects.filter(kind="accounts.address_to_confirm").count() == 1


def test_the_api_takes_the_same_keys(alice):
    key = confirmation_key_of(alice.user)

    assert APIClient().post("/api/auth/email/confirm/", {"key": key}).status_code == 204
