"""The two pages that mailed links open: the server sees no key of theirs."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from phr.accounts.addresses import has_confirmed_address
from phr.accounts.links import confirmation_key, reset_key
from phr.accounts.models import User
from tests.identity.account_steps import FORGOT, NEW_PASSWORD, RESEND, confirm_address

CONFIRM_PAGE, RESET_PAGE = "/account/confirm-email/", "/account/reset-password/"
PAGES = {
    CONFIRM_PAGE: ("/api/auth/email/confirm/", set()),
    RESET_PAGE: ("/api/auth/password/reset/", {"password", "password_confirm"}),
}
both = pytest.mark.parametrize("path", sorted(PAGES))


class Page(HTMLParser):
    """The tags of a page, with their attributes, and what stands in <noscript>."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.without_script, self.open = [], "", []
        self.response = Client().get(path)
        self.feed(self.response.content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "noscript" in self.open:
            self.without_script += data

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def script_of(page):
    """The text of the page's one script, from the static files."""
    (script,) = page.all("script")
    source = script["src"]
    assert source.startswith("/static/")
    found = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.js$)", "", source[8:]))
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")


@both
def test_each_page_is_open_to_everybody_and_the_same_for_all(db, path):
    with CaptureQueriesContext(connection) as queries:
        page = Page(path)

    assert page.response.status_code == 200
    assert len(queries) == 0
    assert dict(page.response.cookies) == {}
    assert Client().post(path).status_code == 405


@both
def test_the_form_is_hidden_until_the_script_shows_it(path):
    page = Page(path)
    (form,) = page.all("form")

    assert "hidden" in form
    assert form.keys() == {"id", "data-to", "hidden"}, "it sends nothing by itself"
    assert "needs JavaScript" in page.without_script
    assert "form.hidden = false" in script_of(page)


@both
def test_the_fields_are_those_that_the_api_takes(path):
    page, (to, fields) = Page(path), PAGES[path]
    (form,) = page.all("form")

    assert form["data-to"] == to
    assert {field["name"] for field in page.all("input")} == fields
    assert {field["type"] for field in page.all("input")} <= {"password"}
    refused = APIClient().post(to, dict.fromkeys(fields, ""))
    assert refused.status_code == 400
    named = {fault["field"] for fault in refused.json()["errors"]}
    assert named == fields | {"key"}


@both
def test_its_one_script_is_a_file_and_the_policy_lets_it_run_and_send(path):
    page = Page(path)
    policy = page.response.headers["Content-Security-Policy"].split("; ")
    (script,) = page.all("script")

    assert script.keys() == {"src", "defer"}
    assert {"script-src 'self'", "connect-src 'self'"} <= set(policy)
    assert "default-src 'none'" in policy
    assert "unsafe" not in str(policy)
    assert not any(name[:2] == "on" for _, attrs in page.tags for name in attrs)
    assert page.response.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert script_of(page)


@both
def test_the_script_takes_the_key_from_the_fragment_and_then_hides_it(path):
    script = script_of(Page(path))

    assert "location.hash" in script
    assert "location.search" not in script
    assert 'history.replaceState(null, "", location.pathname)' in script
    for risky in ("innerHTML", "localStorage", "sessionStorage", "cookie", "eval("):
        assert risky not in script
    assert set(re.findall(r"fetch\(([^,]*),", script)) == {"form.dataset.to"}
    assert 'method: "POST"' in script


@pytest.mark.parametrize("query", ["?key=abc", "?key=", "?x=1"])
@both
def test_a_key_in_the_query_does_nothing(path, query):
    page = Client().get(path + query).content.decode()

    assert page == Client().get(path).content.decode()
    assert "abc" not in page


@pytest.mark.django_db
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
    for link, path in ((to_confirm, CONFIRM_PAGE), (to_reset, RESET_PAGE)):
        assert (link.path, link.query) == (path, "")
        assert link.fragment.startswith("key=")
        assert Client().get(link.path).status_code == 200


@pytest.mark.django_db
def test_what_the_script_sends_is_what_the_api_takes(alice):
    """The key as a browser reads it from the fragment, in JSON with the fields."""
    address = confirm_address(alice.user)
    address.verified = False
    address.save()
    key = as_read_by_the_script(confirmation_key(alice.user, alice.user.email))
    assert send(CONFIRM_PAGE, {"key": key}).status_code == 204
    assert has_confirmed_address(alice.user)

    key = as_read_by_the_script(reset_key(alice.user))
    fields = dict.fromkeys(PAGES[RESET_PAGE][1], NEW_PASSWORD)
    assert send(RESET_PAGE, fields | {"key": key}).status_code == 204
    assert User.objects.get(pk=alice.user_id).check_password(NEW_PASSWORD)


def as_read_by_the_script(key):
    """URLSearchParams takes + for a blank, and % for the start of a byte."""
    assert re.fullmatch(r"[\w.:=-]+", key)
    return key


def send(path, body):
    (form,) = Page(path).all("form")
    client = Client(enforce_csrf_checks=True)
    return client.post(form["data-to"], json.dumps(body), "application/json")
