"""The header of the admin site is the portal's, whatever page it stands on."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from phr.accounts.models import User
from tests.access.browsers import browser_of
from tests.admin.test_error_pages import PEOPLE
from tests.factories import NotificationFactory

HEADER = re.compile(r'<header class="top">.*?</header>', re.DOTALL)
SECRET = re.compile(r'value="[^"]{64}"')
PAGES = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/care/caregrant/add/",
    "/admin/confirm/",
]


def header_of(client: Client, path: str) -> str:
    """The header of a page, without the secret that each form has anew."""
    page = client.get(path, headers=PEOPLE).content.decode()
    (header,) = HEADER.findall(page)
    return SECRET.sub("", str(header))


@pytest.mark.parametrize("path", PAGES)
def test_each_page_has_the_places_and_the_way_out_of_the_portal(
    sam: User, path: str, settings: Any
) -> None:
    settings.INSTALLATION_NAME = "Harbour Records"
    NotificationFactory(recipient=sam)
    client = browser_of(sam)

    in_portal, here = header_of(client, "/staff/"), header_of(client, path)

    assert "Harbour Records" in here
    assert 'action="/sign-out/"' in here
    assert "Sam Reyes" in here
    assert re.search(r'href="/admin/" aria-current="(page|true)"', here)
    unmarked = re.compile(r' aria-current="\w+"')
    assert " ".join(unmarked.sub("", here).split()) == " ".join(
        unmarked.sub("", in_portal).split()
    )


def test_a_title_ends_with_the_name_of_the_installation(
    sam: User, settings: Any
) -> None:
    settings.INSTALLATION_NAME = "Harbour Records"

    page = browser_of(sam).get("/admin/").content.decode()

    assert re.search(r"<title>[^<]+ · Harbour Records</title>", page)


def test_the_page_about_an_error_leads_home_and_names_nobody(sam: User) -> None:
    here = header_of(browser_of(sam), "/admin/no/such/page/")

    assert 'class="brand" href="/"' in here
    assert "Sam Reyes" not in here
    assert "Sign" not in here


def test_who_is_not_staff_keeps_places_of_their_own(alice: Any) -> None:
    here = header_of(browser_of(alice.user), "/admin/")

    assert 'href="/records/"' in here
    assert 'href="/admin/"' not in here


def test_it_asks_as_the_portal_does_before_a_session_ends(
    sam: User, settings: Any
) -> None:
    settings.SESSION_IDLE = timedelta(minutes=7)
    page = browser_of(sam).get("/admin/").content.decode()

    assert re.search(
        r'<dialog id="idle" data-seconds="420" data-stay="/session/"', page
    )
    assert re.search(r'<script src="/static/portal/idle[^"]*\.js" defer>', page)
    error = browser_of(sam).get("/admin/no/such/page/", headers=PEOPLE)
    assert "idle" not in error.content.decode()
