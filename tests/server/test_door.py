"""Whose share of the server a request uses, how much of it, and in which lane."""

import asyncio
from contextlib import suppress
from io import BytesIO
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

import jwt
import pytest
from django.contrib.auth.hashers import make_password
from django.core.handlers.wsgi import get_path_info
from django.test import Client
from django.urls import Resolver404, get_resolver
from pytest_django import Settings

from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import Claims, TokenType, read_token
from phr.interfaces.browser import SIGNED_IN_AS
from server import request_sender
from server.admission import (
    HASHING,
    UNITS,
    UNITS_OF_AN_ADDRESS,
    hashes_a_password,
    open_door,
)
from server.asgi_messages import Refusal
from server.early_responses import turn_away
from server.request_sender import BrowserSessions
from server.streaming import Stream
from server.thread_pool import Job, Lane
from server.wsgi_environ import environ_of
from tests.server.entering import (
    CLIENT,
    LOGIN,
    RECORDS,
    Entering,
    bearer_of,
    key_of,
    request,
    token_of,
    told,
    with_token,
)
from tests.server.test_buffered_wsgi import SCOPE


@pytest.mark.django_db
def test_a_request_with_a_token_of_ours_counts_for_its_user(
    session: LoginSession,
) -> None:
    here = with_token(token_of(session))
    elsewhere = with_token(token_of(session), REMOTE_ADDR="198.51.100.1")

    assert key_of(here) == key_of(elsewhere) == session.user_id


@pytest.mark.django_db
def test_a_token_that_is_not_ours_counts_for_the_client_and_for_no_user(
    session: LoginSession,
) -> None:
    ours = token_of(session)
    claims = jwt.decode(ours, options={"verify_signature": False})
    head, _, signature = ours.rpartition(".")
    forged = [
        jwt.encode(claims, "x" * 32, "HS256", headers=jwt.get_unverified_header(ours)),
        jwt.encode(claims, "", "none"),
        f"{head}.{signature[::-1]}",
        f"{head}.",
        token_of(session, TokenType.REFRESH),
        "x" * 100_000,
        "",
    ]

    assert {key_of(with_token(token)) for token in forged} == {CLIENT}


def test_without_a_token_a_request_counts_for_the_client() -> None:
    assert key_of(request()) == CLIENT
    assert key_of(request(HTTP_AUTHORIZATION="Basic YWxpY2U6eA==")) == CLIENT


def test_what_a_stranger_forwards_is_not_believed(settings: Settings) -> None:
    forged = request(HTTP_X_FORWARDED_FOR="198.51.100.1")

    assert key_of(forged) == CLIENT


def test_behind_a_proxy_of_ours_the_client_behind_it_counts(
    settings: Settings,
) -> None:
    settings.TRUSTED_PROXIES = [ip_network(f"{CLIENT}/32")]
    behind = request(HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.1")

    assert key_of(behind) == "198.51.100.1"


def test_all_addresses_of_one_customer_count_together() -> None:
    one, another = (
        request(REMOTE_ADDR=f"2001:db8:1:2::{last}") for last in ("1", "ffff")
    )
    neighbour = request(REMOTE_ADDR="2001:db8:1:3::1")

    assert key_of(one) == key_of(another) != key_of(neighbour)


@pytest.mark.parametrize(
    ("path", "units"),
    [
        (RECORDS, 1),
        (f"{RECORDS}?page_size=100", 1),
        (f"{RECORDS}?search=knee", 4),
        (f"{RECORDS}?page_size=5&se%61rch=knee", 4),
        ("/api/access-log/", 1),
        ("/api/access-log/csv/", 16),
        ("/api/access-log/verify/", 16),
        (f"/api/staff/doctors/{UUID(int=7)}/verify/", 1),
        ("/api/account/export/", 1),
        (f"/api/account/export/{UUID(int=7)}/", 1),
        (f"/api/account/export/{UUID(int=7)}/download/", 16),
    ],
)
def test_costly_questions_count_for_more(path: str, units: int) -> None:
    assert open_door(turn_away).place_of(request(path))[2] == units


def test_to_sign_in_counts_for_more() -> None:
    assert open_door(turn_away).place_of(request(LOGIN, "POST"))[2] == 4


def test_an_answer_says_how_much_may_still_be_in_flight(entering: Entering) -> None:
    first, second = entering.enter(request()), entering.enter(request())

    policy = (b"ratelimit-policy", b'"in-flight";q=64;qu="concurrent-requests"')
    assert first.more_headers == [policy, (b"ratelimit", b'"in-flight";r=63')]
    assert second.more_headers == [policy, (b"ratelimit", b'"in-flight";r=62')]
    assert entering.enter(request("/")).more_headers == []


def test_who_has_too_much_in_flight_gets_a_429_and_others_a_turn(
    entering: Entering,
) -> None:
    for _ in range(UNITS // 4):
        entering.enter(request(f"{RECORDS}?search=knee"))

    with pytest.raises(Refusal) as refused:
        entering.enter(request())
    entering.enter(request(REMOTE_ADDR="198.51.100.1"))

    body = told(refused.value)
    assert (refused.value.status, body["code"]) == (429, "too_many_requests")
    assert body["instance"] == RECORDS
    headers = refused.value.headers
    assert headers["Retry-After"] == "1"
    assert headers["RateLimit"] == '"in-flight";r=0'
    assert headers["RateLimit-Policy"] == '"in-flight";q=64;qu="concurrent-requests"'


def test_a_page_of_an_allowed_origin_can_read_that_it_is_too_much(
    entering: Entering, settings: Settings
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    for _ in range(UNITS):
        entering.enter(request())

    allowed = {}
    for origin in ("https://app.example.org", "https://evil.example"):
        with pytest.raises(Refusal) as refused:
            entering.enter(request(HTTP_ORIGIN=origin))
        allowed[origin] = refused.value.headers.get("Access-Control-Allow-Origin")

    assert allowed == {
        "https://app.example.org": "https://app.example.org",
        "https://evil.example": None,
    }


def test_sign_ins_wait_in_a_lane_of_their_own(entering: Entering) -> None:
    entering.enter(request(LOGIN, "POST"))
    entering.enter(request("/admin/login/", "POST"))
    entering.enter(request("/admin/login/"))

    assert entering.door.sign_ins.queue.waiting == 2
    assert entering.door.requests.queue.waiting == 1


def test_whether_the_process_lives_is_asked_in_a_lane_of_its_own(
    entering: Entering,
) -> None:
    """Which asks no database, whatever session comes with it."""
    call = entering.enter(request("/health/", HTTP_COOKIE="sessionid=x"))

    assert entering.door.health.queue.waiting == 1
    assert "HTTP_COOKIE" not in call.environ


def test_files_wait_in_a_lane_of_their_own(entering: Entering) -> None:
    """Two of them would hold both threads of everybody."""
    for _ in range(UNITS // 16):
        entering.enter(request("/api/access-log/csv/"))

    with pytest.raises(Refusal) as refused:
        entering.enter(request("/api/access-log/verify/"))
    entering.enter(request())

    assert (refused.value.status, entering.door.files.queue.waiting) == (429, 4)
    assert entering.door.requests.queue.waiting == 1


def test_a_file_is_in_flight_until_its_client_has_it(entering: Entering) -> None:
    """Its thread is done with it long before: else any number could wait in files."""
    lane = entering.door.files
    call = entering.enter(request("/api/access-log/csv/"))
    job = lane.queue.take(at=0)
    assert job
    sent = entering.loop.create_future()
    call.stream = cast("Stream", SimpleNamespace(sent=sent))
    entering.loop.run_until_complete(finish(lane, job))
    assert lane.queue.left(job.sender) == UNITS - 16

    sent.set_result(None)
    entering.loop.run_until_complete(finish_callbacks())
    assert lane.queue.left(job.sender) == UNITS


async def finish(lane: Lane, job: Job) -> None:
    lane.finish(job, 0.0, [], None)


async def finish_callbacks() -> None:
    await asyncio.sleep(0)


def test_where_too_many_sign_in_the_next_one_comes_again_later(
    entering: Entering,
) -> None:
    """None of them has more than one, so that nobody has to give way."""
    for number in range(100):
        entering.enter(request(LOGIN, "POST", REMOTE_ADDR=f"198.51.100.{number}"))

    with pytest.raises(Refusal) as refused:
        entering.enter(request(LOGIN, "POST"))
    entering.enter(request())  # everything else goes on

    assert (refused.value.status, told(refused.value)["code"]) == (503, "unavailable")
    assert int(refused.value.headers["Retry-After"]) > 0


def test_one_address_does_not_fill_the_line_of_sign_ins(entering: Entering) -> None:
    for _ in range(16):
        entering.enter(request(LOGIN, "POST"))

    with pytest.raises(Refusal) as refused:
        entering.enter(request(LOGIN, "POST"))
    assert refused.value.status == 429
    entering.enter(request(LOGIN, "POST", REMOTE_ADDR="198.51.100.1"))


SPELLINGS = [
    "/api/auth/login/",
    "/api/auth/l%6fgin/",
    "/api/auth/login%2F",
    "/api%2fauth/login/",
    "/api/auth/login",
    "//api/auth/login/",
    "/api//auth/login/",
    "/api/auth/login//",
    "/API/auth/login/",
    "/api/auth/LOGIN/",
    "/api/auth/./login/",
    "/api/auth/login/?next=/",
    "/api/auth/login/;x",
    "/api/auth/login/%00",
    "/api/auth/login/%0a",
    "/api/auth/logi%EF%BD%8E/",
    "/admin/login/",
    "/admin/login",
    "/%61dmin/login/",
    "//admin/login/",
    "/Admin/login/",
    "/admin/password_change/",
    "/admin/accounts/user/add/",
]


@pytest.mark.parametrize("raw", SPELLINGS)
@pytest.mark.parametrize("method", ["POST", "post", "Post", "PUT", "FOO"])
def test_the_lane_is_that_of_the_address_that_django_finds(
    raw: str, method: str
) -> None:
    scope = SCOPE | {"method": method, "raw_path": raw.encode(), "headers": []}
    environ = environ_of(scope)
    views = [get_resolver().resolve(path).func for path in HASHING]
    try:
        match = get_resolver().resolve(get_path_info(environ))
    except Resolver404:
        assert not hashes_a_password(environ)
    else:
        hashes = match.func in views or match.app_name == "admin"
        assert hashes_a_password(environ) is hashes


def test_to_read_such_an_address_hashes_nothing() -> None:
    for method in ("GET", "get", "HEAD", "OPTIONS"):
        assert not hashes_a_password(request("/admin/login/", method))


@pytest.mark.django_db
def test_a_hash_elsewhere_would_be_noticed_by_every_test(client: Client) -> None:
    with (
        patch("phr.api.pages.health.to_json", lambda _: make_password("x")),
        pytest.raises(AssertionError, match="/health/"),
    ):
        client.get("/health/")


@pytest.mark.django_db
def test_many_accounts_at_one_address_do_not_fill_the_line(entering: Entering) -> None:
    """Each has less in flight than one may."""
    for number in range(33):
        token = bearer_of(number)
        for _ in range(UNITS):
            with suppress(Refusal):
                entering.enter(request(HTTP_AUTHORIZATION=token))

    assert entering.door.requests.queue.waiting == UNITS_OF_AN_ADDRESS
    entering.enter(request(HTTP_AUTHORIZATION=bearer_of(40)))
    entering.enter(request(REMOTE_ADDR="198.51.100.1"))


def test_in_a_full_line_whoever_has_most_gives_way(entering: Entering) -> None:
    addresses = [f"198.51.100.{number}" for number in range(32)]
    for address in addresses:
        for _ in range(UNITS):
            with suppress(Refusal):
                entering.enter(request(REMOTE_ADDR=address))
    before = len(entering.turned_away())

    for number in range(100):
        entering.enter(request(REMOTE_ADDR=f"203.0.113.{number}"))

    assert entering.door.requests.queue.waiting == 2_000
    assert len(entering.turned_away()) == before + 100


def test_large_bodies_count_for_more(entering: Entering) -> None:
    def record() -> dict[str, Any]:
        return request(RECORDS, "POST", **{"wsgi.input": BytesIO(b"x" * 1_000_000)})

    for _ in range(4):
        entering.enter(record())
    with pytest.raises(Refusal):
        entering.enter(record())


ADMIN = "/admin/"
COOKIE = {"HTTP_COOKIE": "a=b; sessionid=abc"}


def test_a_session_that_an_answer_has_shown_counts_for_its_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions = BrowserSessions()
    monkeypatch.setattr(request_sender, "browser_sessions", sessions)
    assert key_of(request(ADMIN, **COOKIE)) == CLIENT

    sessions.learn(request(ADMIN, **COOKIE) | {SIGNED_IN_AS: UUID(int=1)})

    assert key_of(request(ADMIN, **COOKIE)) == UUID(int=1)
    assert key_of(request(RECORDS, **COOKIE)) == CLIENT  # the API takes no cookies
    assert key_of(request(ADMIN, HTTP_COOKIE="sessionid=abd")) == CLIENT
    sessions.learn(request(ADMIN, **COOKIE))  # which says nothing about it
    assert key_of(request(ADMIN, **COOKIE)) == UUID(int=1)
    sessions.learn(request(ADMIN, **COOKIE) | {SIGNED_IN_AS: None})
    assert key_of(request(ADMIN, **COOKIE)) == CLIENT


def test_made_up_sessions_are_no_new_shares_and_take_no_memory() -> None:
    sessions = BrowserSessions()
    for number in range(100):
        made_up = request(ADMIN, HTTP_COOKIE=f"sessionid={number}")
        sessions.learn(made_up | {SIGNED_IN_AS: None})

    assert sessions.users == {}


def test_of_sessions_the_newest_are_remembered() -> None:
    sessions = BrowserSessions()
    for number in range(request_sender.SESSIONS_REMEMBERED + 10):
        environ = request(ADMIN, HTTP_COOKIE=f"sessionid={number}")
        sessions.learn(environ | {SIGNED_IN_AS: UUID(int=number)})

    assert len(sessions.users) == request_sender.SESSIONS_REMEMBERED
    assert sessions.user_of(environ) == UUID(int=number)


@pytest.mark.django_db
def test_an_answer_of_the_admin_site_tells_whose_session_it_was(
    client: Client, sam: User
) -> None:
    stranger = client.get(ADMIN).wsgi_request.META[SIGNED_IN_AS]
    client.force_login(sam)

    assert stranger is None
    assert client.get(ADMIN).wsgi_request.META[SIGNED_IN_AS] == sam.pk


def test_there_are_such_addresses() -> None:
    """A route that is renamed would hash in the threads of everybody."""
    for path in HASHING:
        view = get_resolver().resolve(path).func
        assert hasattr(getattr(view, "view_class", None), "post"), path


@pytest.mark.django_db
def test_the_signature_of_a_token_is_looked_at_once(
    entering: Entering, session: LoginSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def watched(token: str, kind: TokenType) -> Claims:
        looked_at.append(token)
        return read_token(token, kind)

    monkeypatch.setattr(request_sender, "read_token", watched)
    token = token_of(session)
    entering.enter(with_token(token))

    assert looked_at == [token]
