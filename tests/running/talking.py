"""Talking to a web server over a socket, byte by byte."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dev.application import HOST
from tests.problem_answers import MEMBERS

GENEROUS = 60  # seconds
RECORDS = "/api/health-records/"
CHUNKED = "Transfer-Encoding: chunked"


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
