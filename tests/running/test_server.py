"""The real web server, and clients that send half a request or something broken."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from dev.application import HOST, web_command
from dev.processes import Process
from dev.valkey import free_port
from phr.accounts.services import start_session
from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from tests.problem_answers import MEMBERS
from tests.running.conftest import Run

MANY = 40
GENEROUS = 10  # seconds
LARGEST = 1024 * 1024
RECORDS = "/api/health-records/"
RECORD = json.dumps(
    {
        "record_type": "CHECKUP",
        "title": "Yearly check-up",
        "visit_date": "2026-03-02T09:00:00Z",
    }
).encode()
CHUNKED = "Transfer-Encoding: chunked"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def port(run: Run) -> Iterator[int]:
    """The port of a web server like the one of `make run`."""
    number = free_port()
    with run("web", web_command(number)) as process:
        await_start(process, number)
        yield number


def await_start(process: Process, port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.exit_code is None
        assert time.monotonic() < deadline
        try:
            assert answer_of(port, b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        except OSError:
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def token(alice: PatientProfile) -> str:
    return start_session(user=alice.user, at=timezone.now()).access


def head(token: str, *lines: str, method: str = "POST", path: str = RECORDS) -> bytes:
    """The head of a request, up to the empty line."""
    common = (
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
    )
    return "".join(f"{line}\r\n" for line in (*common, *lines, "")).encode()


def of_length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, port), timeout=GENEROUS) as client:
        yield client


class Answer:
    """Status, headers and body of what the server sends on a connection."""

    def __init__(self, client: socket.socket, method: str = "GET") -> None:
        response = http.client.HTTPResponse(client, method=method)
        response.begin()
        self.status, self.headers = response.status, response.headers
        self.body = response.read()

    def json(self) -> Any:
        return json.loads(self.body)


def answer_of(port: int, request: bytes) -> Answer:
    """Send a request, whole or not, and read what comes back."""
    with connected(port) as client:
        client.sendall(request)
        return Answer(client)


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json().keys() == MEMBERS


def assert_others_are_served(port: int, token: str) -> None:
    """Each of these would wait for ever if half-sent requests held the threads."""
    for _ in range(8):
        inbox = answer_of(port, head(token, method="GET", path="/api/notifications/"))
        assert (inbox.status, inbox.json()["results"]) == (200, [])


def half_sent(token: str) -> dict[str, bytes]:
    whole = head(token, of_length(RECORD))
    return {
        "a line": b"POST /api/hea",
        "headers": whole[: len(whole) // 2],
        "no body": whole,
        "a body": whole + RECORD[:20],
        "a chunk": head(token, CHUNKED) + chunks(RECORD)[:20],
    }


@pytest.mark.parametrize("half", ["a line", "headers", "no body", "a body", "a chunk"])
def test_clients_that_send_half_a_request_do_not_hold_up_others(
    port: int, token: str, half: str
) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(connected(port)).sendall(half_sent(token)[half])

        assert_others_are_served(port, token)

    assert_others_are_served(port, token)
    assert not HealthRecord.objects.exists()


def test_a_slow_client_is_answered_when_its_request_is_whole(
    port: int, token: str
) -> None:
    request = head(token, of_length(RECORD)) + RECORD
    with connected(port) as client:
        for start in range(0, len(request), 50):
            client.sendall(request[start:][:50])
            time.sleep(0.05)
        assert_others_are_served(port, token)
        answer = Answer(client)

    assert answer.status == 201
    assert str(HealthRecord.objects.get().pk) == answer.json()["id"]


def test_a_client_that_leaves_in_the_middle_of_a_body_has_done_nothing(
    port: int, token: str
) -> None:
    for _ in range(MANY):
        with connected(port) as client:
            client.sendall(half_sent(token)["a body"])

    assert_others_are_served(port, token)
    assert not HealthRecord.objects.exists()


def test_a_body_that_is_cut_off_is_a_problem(port: int, token: str) -> None:
    with connected(port) as client:
        client.sendall(half_sent(token)["a body"])
        client.shutdown(socket.SHUT_WR)
        answer = Answer(client)

    assert_problem(answer, 400, "bad_request")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not HealthRecord.objects.exists()


def test_a_chunked_body_is_read_like_any_other(port: int, token: str) -> None:
    parts = RECORD[:7], RECORD[7:50], RECORD[50:], b""

    answer = answer_of(port, head(token, CHUNKED) + chunks(*parts))

    assert answer.status == 201
    assert HealthRecord.objects.get().title == "Yearly check-up"


def test_a_body_that_says_to_be_too_long_is_refused_before_it_is_sent(
    port: int, token: str
) -> None:
    answer = answer_of(port, head(token, f"Content-Length: {LARGEST + 1}"))
    assert_problem(answer, 413, "too_large")
    assert not HealthRecord.objects.exists()


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_long(
    port: int, token: str
) -> None:
    too_long = chunks(b" " * LARGEST) + chunks(b" ")

    answer = answer_of(port, head(token, CHUNKED) + too_long)

    assert_problem(answer, 413, "too_large")
    assert_others_are_served(port, token)


@pytest.mark.parametrize("transfer", ["Content-Length", "chunked"])
def test_a_body_of_the_greatest_length_is_read(
    port: int, token: str, transfer: str
) -> None:
    body = RECORD + b" " * (LARGEST - len(RECORD))
    request = {
        "Content-Length": head(token, of_length(body)) + body,
        "chunked": head(token, CHUNKED) + chunks(body, b""),
    }

    assert answer_of(port, request[transfer]).status == 201


@pytest.mark.parametrize("path", ["/api/notifications/", "/health/", "/"])
def test_a_forged_host_is_a_problem(port: int, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n"

    assert_problem(answer_of(port, request.encode()), 400, "bad_host")


BROKEN = {
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no version": b"GET /health/\r\n\r\n",
    "a space in a name": b"GET /health/ HTTP/1.1\r\nHo st: 127.0.0.1\r\n\r\n",
    "a length that is none": b"POST /api/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Length: many\r\n\r\n",
    "a length below zero": b"POST /api/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Length: -1\r\n\r\n",
    "two lengths": b"POST /api/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a chunk of no size": b"POST /api/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nmany\r\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_http_is_refused_and_breaks_nothing(
    port: int, token: str, kind: str
) -> None:
    with connected(port) as client:
        client.sendall(BROKEN[kind])
        answer = Answer(client)

    assert answer.status == 400
    assert_others_are_served(port, token)


def test_bytes_that_are_no_text_in_an_address_are_no_error(port: int) -> None:
    request = b"GET /api/%ff\xff?search=\xff%ff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    assert answer_of(port, request).status in (400, 404)


def test_a_header_with_underscores_does_not_pass_for_the_real_one(
    port: int, token: str
) -> None:
    forged = f"GET /api/notifications/ HTTP/1.1\r\nHost: {HOST}\r\n"
    forged += f"Authorization_: x\r\nauthorization_: Bearer {token}\r\n\r\n"

    assert_problem(answer_of(port, forged.encode()), 401, "not_authenticated")


@pytest.mark.parametrize(
    "name",
    [
        "admin/css/base.css",
        "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js",
    ],
)
def test_files_of_the_pages_arrive_whole(port: int, name: str) -> None:
    content = Path(str(finders.find(name))).read_bytes()
    request = f"GET /static/{name} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
    answer = answer_of(port, request.encode())

    assert (answer.status, answer.body == content) == (200, True)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


def test_head_is_answered_without_a_body(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"HEAD /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = Answer(client, method="HEAD")
        client.sendall(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        after = Answer(client)

    assert (answer.status, answer.headers["Content-Length"]) == (200, "15")
    assert after.json() == {"status": "ok"}
