"""What a browser may load and run: the policy, and pages that need no more than it."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from phr.accounts.models import User
from phr.interfaces.content_policy import add_content_policy
from tests.admin.test_pages import ADDED_HERE, MAKERS, for_each, page
from tests.conftest import Api
from tests.factories import StaffFactory
from tests.signing_in import sign_in_to_the_admin_site

HEADER = "Content-Security-Policy"
ACCOUNT = ["/account/confirm-email/", "/account/reset-password/"]
PAGES = ["/", "/api/", "/api-docs/", *ACCOUNT, "/nothing/"]
NOTHING = {
    "default-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "sandbox": "",
}
OWN = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy_of(response: Any) -> dict[str, str]:
    """What the header of an answer says, by directive."""
    directives = response.headers[HEADER].split("; ")
    return {
        name: sources for name, _, sources in (d.partition(" ") for d in directives)
    }


class Inline(HTMLParser):
    """What a page has in it that its policy would keep from working."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or (tag == "script" and not is_harmless(values)):
            self.found.append(tag)
        self.found += [name for name in values if name == "style" or name[:2] == "on"]
        self.found += [
            f"{tag} {value}"
            for name in ("src", "href", "action")
            if (value := values.get(name)) and re.match(r"(?i)\w+:|//", value)
        ]


def is_harmless(script: dict[str, str | None]) -> bool:
    return bool(script.get("src")) or script.get("type") == "application/json"


def assert_strict(response: Any) -> None:
    assert response.headers["Content-Type"].startswith("text/html")
    assert policy_of(response) == OWN
    assert Inline(response.content.decode()).found == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_its_own_files_and_nothing_else(path: str) -> None:
    assert_strict(Client().get(path, headers={"accept": "text/html"}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/swagger/", {"img-src": "'self' data:"}),
        (
            "/redoc/",
            {
                "img-src": "'self' data:",
                "style-src": "'self' 'unsafe-inline'",
                "worker-src": "blob:",
            },
        ),
    ],
)
def test_the_viewers_get_what_they_cannot_do_without(
    path: str, more: dict[str, str]
) -> None:
    response = Client().get(path)

    assert policy_of(response) == OWN | more
    assert Inline(response.content.decode()).found == []


@pytest.fixture
def rita(db: None) -> User:
    return StaffFactory(username="rita", is_superuser=True)


@pytest.fixture
def signed_in_browser(rita: User) -> Client:
    client = Client()
    assert sign_in_to_the_admin_site(client, rita.username).status_code == 302
    return client


@for_each(set(MAKERS))
def test_no_page_of_the_admin_site_needs_more(model, signed_in_browser):
    row, client = MAKERS[model](), signed_in_browser

    assert_strict(client.get(page(model, "changelist")))
    assert_strict(client.get(page(model, "change", row.pk)))
    assert_strict(client.get(page(model, "history", row.pk)))
    if model in ADDED_HERE:
        assert_strict(client.get(page(model, "add")))


@pytest.mark.parametrize("name", ["index", "confirm"])
def test_nor_do_its_other_pages(name, signed_in_browser):
    assert_strict(signed_in_browser.get(reverse(f"admin:{name}")))


@pytest.mark.django_db
def test_nor_do_those_before_one_is_in(rita, settings):
    client = Client()
    assert_strict(client.get("/sign-in/"))

    settings.STAFF_MFA_REQUIRED = True
    sign_in_to_the_admin_site(client, rita.username)
    response = client.get("/account/second-factor/")

    assert "<svg" in response.content.decode()
    assert_strict(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("alice", "get", "/api/health-records/", 200),
        ("alice", "get", "/api/access-log/csv/", 200),
        ("alice", "post", "/api/auth/logout/", 204),
        ("alice", "post", "/api/health-records/", 400),
        ("nobody", "get", "/api/health-records/", 401),
        ("nobody", "get", "/api/nothing/", 404),
        ("nobody", "get", "/api/schema/", 200),
        ("nobody", "get", "/health/", 200),
    ],
)
def test_what_is_no_page_does_nothing_when_opened_as_one(
    api: Api, who: str, method: str, path: str, status: int
) -> None:
    response = getattr(api(who), method)(path)

    assert response.status_code == status
    assert policy_of(response) == NOTHING


@pytest.mark.parametrize(
    ("debug", "status", "policies"),
    [(True, 200, 1), (True, 404, 0), (True, 500, 0), (False, 404, 1), (False, 500, 1)],
)
def test_developers_see_djangos_pages_about_errors(
    settings: Any, debug: bool, status: int, policies: int
) -> None:
    settings.DEBUG = debug
    answer = add_content_policy(lambda request: HttpResponse(status=status))

    assert len(answer(RequestFactory().get("/")).headers.keys() & {HEADER}) == policies
