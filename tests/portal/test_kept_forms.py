"""What was typed outlives the end of a session, for who typed it alone."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.factories import PASSWORD
from tests.identity.steps import set_up_app

HERE = {"HTTP_ORIGIN": "http://testserver"}
DETAILS, SIGN_IN = "/account/details/", "/sign-in/"
TYPED = {
    "first_name": 'Al"ice <b>',
    "last_name": "Moreau",
    "allergies": "Penicillin,\nnuts",
}
pytestmark = pytest.mark.django_db


class Browser:
    """A browser that sends forms as they stand on the pages that it has opened."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def open(self, path: str) -> dict[str, str]:
        """Open a page; gives the hidden fields of its last form."""
        return hidden_on(self.client.get(path))

    def send(self, path: str, fields: dict[str, str], **more: Any) -> Any:
        return self.client.post(path, fields, **(HERE | more))

    def sign_in(self, name: str, **fields: str) -> Any:
        form = self.open(SIGN_IN) | fields
        return self.send(SIGN_IN, form | {"username": name, "password": PASSWORD})


def hidden_on(page: Any) -> dict[str, str]:
    text = page.content.decode()
    last = text[text.index("<main") : text.index("</main")].split("<form")[-1]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', last)
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
def signed_in(alice: Any) -> Browser:
    browser = Browser()
    assert browser.sign_in("alice").status_code == 302
    return browser


def sent_too_late(browser: Browser, changes: dict[str, str]) -> Any:
    """Type into a form, be away for an hour, send it."""
    form = browser.open(DETAILS)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        return browser.send(DETAILS, form | changes)


def test_what_was_sent_after_the_end_of_a_session_is_sent_again(alice, signed_in):
    late = sent_too_late(signed_in, TYPED)

    assert late.status_code == 401
    assert "what you typed is kept" in late.content.decode()
    assert "Penicillin" not in late.content.decode()  # it is sealed
    form = hidden_on(late) | {"username": "alice", "password": PASSWORD}
    again = signed_in.send(SIGN_IN, form)
    assert again.status_code == 200
    assert f'action="{DETAILS}"' in again.content.decode()
    kept = hidden_on(again)
    assert {name: kept[name] for name in TYPED} == TYPED
    assert signed_in.send(DETAILS, kept).status_code == 302
    alice.refresh_from_db()
    assert alice.allergies == TYPED["allergies"]


def test_it_goes_along_through_the_code(alice, signed_in, api):
    late = sent_too_late(signed_in, TYPED)
    app, _ = set_up_app(api("alice"))
    form = hidden_on(late) | {"username": "alice", "password": PASSWORD}

    asked = signed_in.send(SIGN_IN, form)
    code = {"code": app.code(steps=1)}
    again = signed_in.send("/sign-in/code/", hidden_on(asked) | code)

    assert hidden_on(again)["allergies"] == TYPED["allergies"]


def test_a_wrong_password_loses_nothing(alice, signed_in):
    late = sent_too_late(signed_in, TYPED)
    form = hidden_on(late) | {"username": "alice"}

    refused = signed_in.send(SIGN_IN, form | {"password": "wrong"})
    again = signed_in.send(SIGN_IN, form | hidden_on(refused) | {"password": PASSWORD})

    assert hidden_on(again)["allergies"] == TYPED["allergies"]


def test_somebody_else_who_signs_in_next_sees_nothing_of_it(alice, carol, signed_in):
    late = sent_too_late(signed_in, TYPED)
    form = hidden_on(late) | {"username": "carol", "password": PASSWORD}

    theirs = signed_in.send(SIGN_IN, form)

    assert theirs.status_code == 302
    assert b"Penicillin" not in signed_in.client.get("/").content


@pytest.mark.parametrize("typed", ["x", "eA==", "\0", "ä", "x" * 10_000])
def test_what_is_made_up_is_not_sent_for_anybody(alice, typed):
    assert Browser().sign_in("alice", typed=typed).status_code == 302


def test_passwords_and_codes_are_not_kept(alice, signed_in):
    secrets = {
        "current_password": "hidden-1",
        "password": "hidden-2",
        "otp": "hidden-3",
        "again-code": "hidden-4",
    }
    late = sent_too_late(signed_in, TYPED | secrets | {"reason_code": "carried"})
    form = hidden_on(late) | {"username": "alice", "password": PASSWORD}

    again = signed_in.send(SIGN_IN, form).content.decode()

    assert "hidden-" not in again
    assert "Penicillin" in again
    assert "carried" in again  # the reason for an emergency is no code to sign in with


def test_who_signed_in_anew_in_another_tab_sends_it_again(alice, signed_in):
    form = signed_in.open(DETAILS)
    signed_in.send("/sign-out/", signed_in.open(DETAILS))
    signed_in.sign_in("alice")

    expired = signed_in.send(DETAILS, form | TYPED)

    assert expired.status_code == 403
    assert "What you typed is still here" in expired.content.decode()
    kept = hidden_on(expired)
    assert kept["csrfmiddlewaretoken"] != form["csrfmiddlewaretoken"]
    assert signed_in.send(DETAILS, kept).status_code == 302
    alice.refresh_from_db()
    assert alice.allergies == TYPED["allergies"]


def test_a_form_of_somebody_else_in_another_tab_is_not_sent_as_ones_own(
    alice, carol, signed_in
):
    form = signed_in.open(DETAILS)
    signed_in.send("/sign-out/", signed_in.open(DETAILS))
    signed_in.sign_in("carol")

    expired = signed_in.send(DETAILS, form | TYPED, HTTP_ACCEPT="text/html")

    assert expired.status_code == 403
    assert b"Penicillin" not in expired.content
    assert "This form has expired" in expired.content.decode()


@pytest.mark.parametrize(
    "origin", [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {}]
)
def test_a_form_of_another_site_is_not_offered_to_be_sent(alice, signed_in, origin):
    forged = signed_in.client.post(DETAILS, TYPED, HTTP_ACCEPT="text/html", **origin)

    assert forged.status_code == 403
    assert b"Penicillin" not in forged.content


@pytest.mark.parametrize("token", ["", "x", "x" * 32, "x" * 64, "ä" * 64, "\0" * 64])
def test_any_token_is_answered_with_a_page(alice, signed_in, token):
    form = TYPED | {"csrfmiddlewaretoken": token}

    refused = signed_in.send(DETAILS, form, HTTP_ACCEPT="text/html")

    assert refused.status_code == 403
    assert b"Penicillin" not in refused.content


def test_what_nobody_knows_the_owner_of_leads_to_the_page_it_came_from():
    client = Client()

    asked = client.post(DETAILS, TYPED, HTTP_REFERER="http://testserver/account/?x=1")
    elsewhere = client.post(DETAILS, TYPED, HTTP_REFERER="https://evil.example/a")

    assert asked.headers["Location"] == "/sign-in/?next=%2Faccount%2F%3Fx%3D1"
    assert elsewhere.headers["Location"] == "/sign-in/?next=%2F"
