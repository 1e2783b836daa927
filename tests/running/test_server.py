"""The real web server, and clients that send half a request or something broken."""

import json
import socket
import time
from contextlib import ExitStack

import pytest

from phr.health_records.models import HealthRecord
from tests.running.talking import (
    CHUNKED,
    Answer,
    answer_of,
    assert_others_are_served,
    assert_problem,
    chunks,
    connected,
    head,
    of_length,
)

MANY = 40
LARGEST = 1024 * 1024
RECORD = json.dumps(
    {
        "record_type": "CHECKUP",
        "title": "Yearly check-up",
        "visit_date": "2026-03-02T09:00:00Z",
    }
).encode()

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


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


def test_head_is_answered_without_a_body(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"HEAD /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = Answer(client, method="HEAD")
        client.sendall(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        after = Answer(client)

    assert (answer.status, answer.headers["Content-Length"]) == (200, "15")
    assert after.json() == {"status": "ok"}
