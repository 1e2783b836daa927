"""What a user may cost in an hour, whatever they ask for."""

import asyncio
import json
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from phr.accounts.models import User
from phr.care.models import PatientProfile
from phr.core.ids import uuid7
from phr.identity.sign_in import start_session
from phr.interfaces.browser import SIGNED_IN_AS
from server.admission import build_admission
from server.asgi_messages import Message, Refusal
from server.buffered_wsgi import Call
from server.early_responses import turn_away
from server.hourly_quota import HOUR, MANY, MOST_OF_ONE, SESSIONS, HourlyQuota, Payer
from server.request_sender import browser_sessions, session_of

USER = Payer(uuid7(), session=uuid7())
OTHER = Payer(uuid7(), session=uuid7())
ID = "0198c0de-0000-7000-8000-000000000001"
# What an owner needs to throw a thief out, and to end what the thief has opened.
MENDING = (
    ("POST", "/api/auth/logout/"),
    ("POST", "/api/auth/logout-all/"),
    ("GET", "/api/auth/sessions/"),
    ("DELETE", f"/api/auth/sessions/{ID}/"),
    ("DELETE", f"/api/auth/mfa/passkeys/{ID}/"),
    ("POST", "/api/auth/step-up/"),
    ("POST", "/api/auth/password/change/"),
    ("POST", "/api/account/delete/cancel/"),
    ("POST", f"/api/care/grants/{ID}/end/"),
    ("POST", f"/api/care/grants/{ID}/decline/"),
)
LOOKING = (
    "/api/access-log/",
    "/api/auth/mfa/",
    "/api/auth/profile/",
    "/api/care/grants/",
    f"/api/care/grants/{ID}/",
    "/api/notifications/",
)


def environ_of(user: User | None, path: str = "/api/health-records/") -> dict[str, Any]:
    parts = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": ""}
    environ = parts | {"REMOTE_ADDR": "203.0.113.7", "wsgi.input": BytesIO()}
    if user:
        token = start_session(user=user, at=timezone.now()).access
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return environ


class Serving:
    """A server whose requests each keep a thread busy for a hundredth of a second."""

    def __init__(self) -> None:
        self.admission, self.loop = build_admission(turn_away), asyncio.new_event_loop()

    def ask(self, environ: dict[str, Any]) -> Refusal | None:
        async def send(message: Message) -> None:
            raise AssertionError

        def work(*_: Any) -> list[Any]:
            time.sleep(0.01)
            return []

        async def ask() -> None:
            call = Call(work, environ, send, patience=30)
            call.run = work  # type: ignore[method-assign] # so it takes its time
            await self.admission.admit(call).answer

        try:
            self.loop.run_until_complete(ask())
        except Refusal as refusal:
            return refusal
        return None


def use_up_hours(
    serving: Serving, user: User, times: int, environ: dict[str, Any] | None = None
) -> None:
    """By so many sessions of a user; the one of a request, if it is given, as well."""
    quota = serving.admission.quota
    sessions = [uuid7() for _ in range(times)]
    for session in [*sessions, *([session_of(environ)] if environ else [])]:
        quota.add(Payer(user.pk, session), time.monotonic(), quota.seconds)


@pytest.fixture
def serving(db: None) -> Iterator[Serving]:
    serving = Serving()
    yield serving
    serving.loop.close()


def test_who_has_used_up_the_hour_waits_for_the_next_and_nobody_else_does(
    serving: Serving, alice: PatientProfile, carol: PatientProfile, settings: Settings
) -> None:
    serving.admission.quota.seconds = 0.03
    hers = environ_of(alice.user)

    answers = [serving.ask(hers) for _ in range(4)]

    refusal = answers[3]  # three of a hundredth of a second each were enough
    assert answers[0] is None
    assert refusal is not None
    assert refusal.status == 429
    assert json.loads(refusal.body)["code"] == "account_limit_reached"
    assert 1 <= int(refusal.headers["Retry-After"]) <= HOUR
    most = settings.ACCOUNT_SECONDS_PER_HOUR
    assert refusal.headers["RateLimit-Policy"] == (
        f'"account:seconds-per-hour";q={most};w=3600'
    )
    assert serving.ask(environ_of(carol.user)) is None
    assert serving.ask(environ_of(None)) is None


def test_who_uses_up_the_hour_of_a_stolen_token_takes_nothing_from_its_owner(
    serving: Serving, alice: PatientProfile
) -> None:
    stolen = environ_of(alice.user)
    use_up_hours(serving, alice.user, 0, stolen)

    assert serving.ask(stolen) is not None
    assert serving.ask(environ_of(alice.user)) is None  # signed in afresh


def test_the_sessions_of_one_user_together_use_up_four_hours_at_most(
    serving: Serving, alice: PatientProfile, carol: PatientProfile
) -> None:
    use_up_hours(serving, alice.user, SESSIONS - 1)
    assert serving.ask(environ_of(alice.user)) is None

    use_up_hours(serving, alice.user, 1)
    assert serving.ask(environ_of(alice.user)) is not None
    assert serving.ask(environ_of(carol.user)) is None


@pytest.mark.parametrize(("method", "path"), MENDING)
def test_whoever_has_used_up_the_hour_an_owner_can_throw_them_out(
    serving: Serving, alice: PatientProfile, method: str, path: str
) -> None:
    hers = environ_of(alice.user)
    use_up_hours(serving, alice.user, SESSIONS, hers)
    assert serving.ask(hers) is not None

    asked = hers | {"PATH_INFO": path, "REQUEST_METHOD": method}
    assert [serving.ask(asked), serving.ask(asked)] == [None, None]


@pytest.mark.parametrize("path", LOOKING)
def test_whoever_has_used_up_the_hour_an_owner_sees_what_was_done(
    serving: Serving, alice: PatientProfile, path: str
) -> None:
    use_up_hours(serving, alice.user, SESSIONS)
    hers = environ_of(alice.user, path)

    assert serving.ask(hers | {"REQUEST_METHOD": "POST"}) is not None
    assert serving.ask(hers) is None
    use_up_hours(serving, alice.user, 1, hers)
    assert serving.ask(hers) is not None  # her own session's hour is over as well


def test_each_session_of_a_browser_has_an_hour_of_its_own(
    serving: Serving, alice: PatientProfile
) -> None:
    stolen, afresh = (
        environ_of(None, "/admin/") | {"HTTP_COOKIE": f"sessionid={name}"}
        for name in ("stolen", "afresh")
    )
    for environ in (stolen, afresh):
        browser_sessions.learn(environ | {SIGNED_IN_AS: alice.user.pk})

    use_up_hours(serving, alice.user, 0, stolen)

    assert serving.ask(stolen) is not None
    assert serving.ask(afresh) is None


def test_the_next_hour_begins_anew() -> None:
    quota = HourlyQuota(10)
    quota.add(USER, at=100, seconds=10)

    assert quota.wait_of_session(USER, at=100) == HOUR
    assert quota.wait_of_session(USER, at=100 + HOUR - 5) == 5
    assert quota.wait_of_session(USER, at=100 + HOUR) == 0
    assert quota.wait_of_session(OTHER, at=100) == 0
    quota.add(USER, at=101 + HOUR, seconds=1)
    assert quota.used[USER.user_id] == quota.used[USER.session] == (101 + HOUR, 1)


def test_a_request_that_fails_has_cost_as_well_and_a_stuck_one_not_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quota, times = HourlyQuota(10), iter([0.0, 500.0])
    monkeypatch.setattr("server.hourly_quota.time.monotonic", lambda: next(times))

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        quota.measured(USER, fail)

    assert quota.used[USER.session] == (0.0, MOST_OF_ONE)


def test_of_many_users_those_who_cost_little_are_forgotten_first() -> None:
    quota = HourlyQuota(10)
    quota.add(USER, at=1, seconds=10)
    for number in range(3 * MANY):
        quota.add(Payer(UUID(int=number), session=number), at=2, seconds=0.001)

    assert len(quota.used) <= MANY
    assert quota.wait_of_session(USER, at=2) > 0
