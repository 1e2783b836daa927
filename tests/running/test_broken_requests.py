"""The real web server, and requests that mean to break or to trick it."""

import socket
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from dev.application import HOST
from tests.running.talking import (
    CHUNKED,
    Answer,
    answer_of,
    assert_others_are_served,
    assert_problem,
    connected,
    head,
    of_length,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

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
    # The web server's own has not a word that a browser could take for a page.
    assert not answer.body or answer.headers["X-Content-Type-Options"] == "nosniff"
    assert_others_are_served(port, token)


@pytest.mark.parametrize(
    "path",
    [
        *("/static/", "/static/admin/", "/static/../manage.py", "/manage.py"),
        *(
            "/.git/config",
            "/.git/HEAD",
            "/.gitignore",
            "/.env",
            "/docs/security/asvs.md",
        ),
    ],
)
def test_no_folder_and_no_file_of_the_checkout_is_shown(port: int, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n\r\n"
    answer = answer_of(port, request.encode())

    assert answer.status == 404
    assert b"css/" not in answer.body
    assert b"execute_from_command_line" not in answer.body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/static/api/pages.css", 200), ("/static/nothing.css", 404), ("/", 200)),
        *(("/health/", 200), ("/nothing/", 404), ("/api/nothing/", 404)),
    ],
)
def test_no_answer_is_taken_for_something_else(
    port: int, path: str, status: int
) -> None:
    answer = answer_of(port, f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    assert answer.status == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_length_beside_chunks_does_not_count(port: int, token: str) -> None:
    hidden = b"0\r\n\r\nGET /health/ready/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connected(port) as client:
        client.sendall(head(token, CHUNKED, of_length(hidden)) + hidden)
        client.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: client.recv(65536), b""))

    # The request ends with its last chunk (RFC 9112, section 6.3), and so has no body;
    # what comes behind it nobody reads.
    assert received.startswith(b"HTTP/1.1 400")
    assert b'"invalid_input"' in received
    assert received.count(b"HTTP/1.1 ") == 1


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
