"""Whose share of the server a request uses, how much of it, and in which lane."""

import asyncio
import json
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import jwt
import pytest
from django.urls import get_resolver
from django.utils import timezone
from pytest_django import Settings

from config.buffered_wsgi import Call, Message, Refusal
from config.door import HASHING, UNITS, Door, key_of, open_door
from config.refusals import turn_away
from phr.accounts.models import LoginSession
from phr.accounts.services import start_session
from phr.accounts.tokens import TokenType, sign
from phr.care.models import PatientProfile
from phr.core.ids import uuid7
from tests.problem_answers import MEMBERS

RECORDS = "/api/health-records/"
LOGIN = "/api/auth/login/"
CLIENT = "203.0.113.7"


def request(path: str = RECORDS, method: str = "GET", **more: Any) -> dict[str, Any]:
    path, _, query = path.partition("?")
    parts = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    return parts | {"REMOTE_ADDR": CLIENT} | more


def with_token(token: str, **more: Any) -> dict[str, Any]:
    return request(HTTP_AUTHORIZATION=f"Bearer {token}", **more)


def told(refusal: Refusal) -> Any:
    assert refusal.headers["Content-Type"] == "application/problem+json"
    body = json.loads(refusal.body)
    assert body.keys() == MEMBERS
    assert body["request_id"] == refusal.headers["X-Request-ID"]
    return body


@pytest.fixture
def session(alice: PatientProfile) -> LoginSession:
    start_session(user=alice.user, at=timezone.now())
    return LoginSession.objects.get(user=alice.user)


def token_of(session: LoginSession, kind: TokenType = TokenType.ACCESS) -> str:
    return sign(kind, session, uuid7(), timezone.now(), timedelta(minutes=5))


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
    assert open_door(turn_away).place_of(request(path))[1] == units


def test_to_sign_in_counts_for_more() -> None:
    assert open_door(turn_away).place_of(request(LOGIN, "POST"))[1] == 4


class Entering:
    """A door, and an event loop in which nothing that enters is worked on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.door: Door = open_door(turn_away)
        for lane in (self.door.requests, self.door.sign_ins, self.door.files):
            monkeypatch.setattr(lane, "hand_out", lambda at: None)
        self.loop = asyncio.new_event_loop()

    def enter(self, environ: dict[str, Any]) -> Call:
        async def send(message: Message) -> None:
            raise AssertionError

        async def run() -> Call:
            call = Call(lambda *_: [], environ, send, patience=1)
            answer: Awaitable[list[Message]] = self.door.enter(call)
            assert answer
            return call

        return self.loop.run_until_complete(run())


@pytest.fixture
def entering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Entering]:
    entering = Entering(monkeypatch)
    yield entering
    entering.loop.close()


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


def test_files_wait_in_a_lane_of_their_own(entering: Entering) -> None:
    """Two of them would hold both threads of everybody."""
    for _ in range(UNITS // 16):
        entering.enter(request("/api/access-log/csv/"))

    with pytest.raises(Refusal) as refused:
        entering.enter(request("/api/access-log/verify/"))
    entering.enter(request())

    assert (refused.value.status, entering.door.files.queue.waiting) == (429, 4)
    assert entering.door.requests.queue.waiting == 1


def test_where_too_many_sign_in_the_next_one_comes_again_later(
    entering: Entering,
) -> None:
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


def test_there_are_such_addresses() -> None:
    """A route that is renamed would hash in the threads of everybody."""
    for path in HASHING:
        view = get_resolver().resolve(path).func
        assert hasattr(getattr(view, "view_class", None), "post"), path
