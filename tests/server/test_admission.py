"""In which pool a request waits, and how much one may have in flight."""

import asyncio
from contextlib import suppress
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from pytest_django import Settings

from server.admission import (
    UNITS,
    UNITS_OF_AN_ADDRESS,
    build_admission,
)
from server.asgi_messages import Refusal
from server.early_responses import turn_away
from server.streaming import Stream
from server.thread_pool import Job, ThreadPool
from tests.server.entering import (
    LOGIN,
    RECORDS,
    Entering,
    bearer_of,
    request,
    told,
)


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
    assert build_admission(turn_away).place_of(request(path))[2] == units


def test_to_sign_in_counts_for_more() -> None:
    assert build_admission(turn_away).place_of(request(LOGIN, "POST"))[2] == 4


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


def test_sign_ins_wait_in_a_pool_of_their_own(entering: Entering) -> None:
    entering.enter(request(LOGIN, "POST"))
    entering.enter(request("/sign-in/", "POST"))
    entering.enter(request("/sign-in/"))

    assert entering.admission.sign_ins.queue.waiting == 2
    assert entering.admission.requests.queue.waiting == 1


def test_whether_the_process_lives_is_asked_in_a_pool_of_its_own(
    entering: Entering,
) -> None:
    """Which asks no database, whatever session comes with it."""
    call = entering.enter(request("/health/", HTTP_COOKIE="sessionid=x"))

    assert entering.admission.health.queue.waiting == 1
    assert "HTTP_COOKIE" not in call.environ


def test_files_wait_in_a_pool_of_their_own(entering: Entering) -> None:
    """Two of them would hold both threads of everybody."""
    for _ in range(UNITS // 16):
        entering.enter(request("/api/access-log/csv/"))

    with pytest.raises(Refusal) as refused:
        entering.enter(request("/api/access-log/verify/"))
    entering.enter(request())

    assert (refused.value.status, entering.admission.files.queue.waiting) == (429, 4)
    assert entering.admission.requests.queue.waiting == 1


def test_a_file_is_in_flight_until_its_client_has_it(entering: Entering) -> None:
    """Its thread is done with it long before: else any number could wait in files."""
    pool = entering.admission.files
    call = entering.enter(request("/api/access-log/csv/"))
    job = pool.queue.take(at=0)
    assert job
    sent = entering.loop.create_future()
    call.stream = cast("Stream", SimpleNamespace(sent=sent))
    entering.loop.run_until_complete(finish(pool, job))
    assert pool.queue.left(job.sender) == UNITS - 16

    sent.set_result(None)
    entering.loop.run_until_complete(finish_callbacks())
    assert pool.queue.left(job.sender) == UNITS


async def finish(pool: ThreadPool, job: Job) -> None:
    pool.finish(job, 0.0, [], None)


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


@pytest.mark.django_db
def test_many_accounts_at_one_address_do_not_fill_the_line(entering: Entering) -> None:
    """Each has less in flight than one may."""
    for number in range(33):
        token = bearer_of(number)
        for _ in range(UNITS):
            with suppress(Refusal):
                entering.enter(request(HTTP_AUTHORIZATION=token))

    assert entering.admission.requests.queue.waiting == UNITS_OF_AN_ADDRESS
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

    assert entering.admission.requests.queue.waiting == 2_000
    assert len(entering.turned_away()) == before + 100


def test_large_bodies_count_for_more(entering: Entering) -> None:
    def record() -> dict[str, Any]:
        return request(RECORDS, "POST", **{"wsgi.input": BytesIO(b"x" * 1_000_000)})

    for _ in range(4):
        entering.enter(record())
    with pytest.raises(Refusal):
        entering.enter(record())
