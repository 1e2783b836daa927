"""The way into the admin site: its form, its cookies, and its second factor."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from phr.accounts.models import User
from tests.admin.conftest import Browser, browser  # noqa: F401 - a fixture
from tests.attacks.acting import otp, with_app
from tests.factories import PASSWORD
from tests.signing_in import sign_in_to_the_admin_site

LOGIN, SECOND = "/sign-in/", "/account/second-factor/"
OF_BEFORE, OUT = "/admin/login/", "/admin/logout/"
APP, CHANGE = "/account/app/", "/account/password/"
AWAY = [
    "//evil.example",
    "https://evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example%2f..",
    " //evil.example",
    "\thttps://evil.example",
    "/\t/evil.example",
    "https://testserver@evil.example",
    "https://evil.example#testserver",
    "http://testserver.evil.example",
    "/admin/\n//evil.example",
    "\n//evil.example",
    "%2f%2fevil.example",
    "./..//evil.example",
    "../../evil.example",
    "?next=//evil.example",
    "#evil.example",
]


def sign_in(client: Client, **values: str) -> Any:
    body = {"username": "sam", "password": PASSWORD, "next": "/admin/"} | values
    return client.post(LOGIN, body)


def place_of(answer: Any) -> tuple[str, str]:
    """Where a browser on this server goes from there: a host, and a path."""
    parts = urlsplit(urljoin("http://testserver/x/", answer.headers["Location"]))
    return parts.netloc, parts.path


@pytest.mark.parametrize("target", AWAY)
def test_signing_in_leads_nowhere_else(sam: User, target: str) -> None:
    by_form = sign_in(Client(), next=target)
    by_address = Client().post(
        LOGIN,
        {"username": "sam", "password": PASSWORD},
        QUERY_STRING=f"next={target}",
    )
    entered = Client()
    sign_in(entered)
    of_before = Client().get(OF_BEFORE, {"next": target})
    again = [entered.get(path, {"next": target}) for path in (LOGIN, OF_BEFORE)]
    out = entered.post("/sign-out/", {"next": target})

    for answer in (by_form, by_address, of_before, *again, out):
        assert answer.status_code == 302
        assert place_of(answer)[0] == "testserver"
        assert "\n" not in answer.headers["Location"]
        assert answer.headers["Location"].startswith("/")
    assert place_of(of_before)[1] == LOGIN


def test_signing_in_gives_the_session_another_key(sam: User) -> None:
    """Whoever planted a key in this browser before does not come in with it."""
    client, thief = Client(), Client()
    client.session.save()
    client.get(LOGIN)
    store = client.session
    store["planted"] = True
    store.save()
    planted = str(store.session_key)
    client.cookies["sessionid"] = planted

    assert sign_in(client).status_code == 302

    assert client.cookies["sessionid"].value != planted
    thief.cookies["sessionid"] = planted
    assert thief.get("/admin/").status_code == 302


def test_a_key_of_ones_own_making_is_not_taken(sam: User) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32

    sign_in(client)

    assert client.cookies["sessionid"].value != "a" * 32


@pytest.mark.parametrize("path", [OUT, "/sign-out/"])
def test_signing_out_ends_the_session_for_whoever_has_its_key(
    sam: User, path: str
) -> None:
    client, thief = Client(), Client()
    sign_in(client)
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get("/admin/").status_code == 200

    client.post(path, follow=True)

    assert thief.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 302


def test_signing_out_takes_more_than_following_a_link(sam: User) -> None:
    client = Client()
    sign_in(client)

    assert client.get(OUT).status_code == 405
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("path", [LOGIN, APP, CHANGE, OUT, "/sign-out/"])
def test_no_form_is_taken_without_its_token(
    sam: User, settings: Any, path: str
) -> None:
    settings.STAFF_MFA_REQUIRED = path == APP
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)

    assert client.post(path, {"otp": "123456"}).status_code == 403
    elsewhere = client.post(path, headers={"origin": "https://evil.example"})
    assert elsewhere.status_code == 403


@pytest.mark.parametrize("path", ["/admin/", CHANGE, "/admin/accounts/user/"])
def test_a_password_alone_opens_nothing_but_the_way_to_a_second_factor(
    sam: User, settings: Any, path: str
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client = Client()
    sign_in(client)

    for answer in (client.get(path), client.post(path, {"current_password": PASSWORD})):
        assert (answer.status_code, answer.headers["Location"]) == (302, SECOND)
    assert sam.check_password(PASSWORD)


def test_a_second_factor_that_is_there_is_not_replaced_by_who_lacks_it(
    sam: User, settings: Any
) -> None:
    """A session from before it was set up gets no secret to see; it ends."""
    client = Client()
    sign_in(client)
    with_app(sam)
    settings.STAFF_MFA_REQUIRED = True

    client.force_login(sam)
    for answer in (client.get(SECOND), client.get("/admin/")):
        assert answer.status_code == 302
        assert b"secret" not in answer.content
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)


def test_a_code_is_needed_and_counts_once_at_this_door_too(sam: User) -> None:
    secret, codes = with_app(sam)
    code = otp(secret)

    def with_code(code: str) -> int:
        client = Client()
        status = sign_in_to_the_admin_site(client, "sam", code=code).status_code
        assert (client.get("/admin/").status_code == 200) == (status == 302)
        return int(status)

    assert with_code("") == 200
    assert with_code("000000") == 401
    assert with_code(code) == 302
    assert with_code(code) == 401
    assert with_code(codes[0]) == 302
    assert with_code(codes[0]) == 401


def test_whoever_sits_at_an_open_browser_guesses_ten_passwords_and_no_more(
    sam: User,
) -> None:
    client = Client()
    sign_in(client)
    new = dict.fromkeys(("password", "password_confirm"), "purple monkey dish 8")
    for number in range(10):
        client.post(CHANGE, {"current_password": f"guess {number}", **new})

    answer = client.post(CHANGE, {"current_password": PASSWORD, **new})

    assert answer.status_code == 429
    assert "Please wait before you try again." in answer.content.decode()
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


@pytest.mark.parametrize("path", [LOGIN, "/admin/", SECOND])
def test_no_page_is_shown_in_a_frame_or_kept_in_a_cache(sam: User, path: str) -> None:
    client = Client()
    sign_in(client)

    answer = client.get(path)

    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_cookies_of_a_sign_in_are_out_of_reach(sam: User) -> None:
    client = Client()
    client.get(LOGIN)
    sign_in(client)

    for cookie in (client.cookies["sessionid"], client.cookies["csrftoken"]):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_no_answer_of_the_api_sets_a_cookie(sam: User) -> None:
    client = Client()
    sign_in(client)

    for path in ("/api/", "/api/auth/profile/", "/api/auth/login/"):
        for answer in (client.get(path), client.post(path)):
            assert not answer.cookies


def test_failing_ten_times_says_the_same_for_a_name_that_is_nobodys(sam: User) -> None:
    def pages(username: str) -> list[str]:
        client = Client()
        return [
            str(
                sign_in_to_the_admin_site(client, username, "wrong")
                .context["form"]
                .errors
            )
            for _attempt in range(11)
        ]

    assert pages("sam") == pages("nobody")
