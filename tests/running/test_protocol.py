"""The real web server speaks HTTP/1.1, and nothing else, where nothing is encrypted."""

import shlex

import pytest

from dev import places
from dev.application import web_command
from tests.running.talking import Answer, answer_of, connected

pytestmark = pytest.mark.django_db(transaction=True)

HOST = b"Host: 127.0.0.1\r\n"
# RFC 9113, section 3.4: how a client begins that knows the server speaks HTTP/2.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
# GET /health/ over http, by indices into the static table (RFC 7541, appendix A).
HEADERS = b"\x82\x86\x04\x08/health/\x01\x09127.0.0.1"
HEADERS_FRAME = len(HEADERS).to_bytes(3) + b"\x01\x05\x00\x00\x00\x01" + HEADERS


@pytest.mark.parametrize("after", [b"", SETTINGS, SETTINGS + HEADERS_FRAME])
def test_who_begins_with_http_2_gets_no_service(port: int, after: bytes) -> None:
    with connected(port) as client:
        client.sendall(PREFACE + after)
        received = client.recv(65536)

    assert not received or received.startswith(b"HTTP/1.1 400")


def test_who_asks_to_go_on_with_http_2_stays_with_http_1(port: int) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    upgrade += b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    with connected(port) as client:
        client.sendall(b"GET /health/ HTTP/1.1\r\n" + HOST + upgrade + b"\r\n")
        answer = Answer(client)
        client.sendall(PREFACE + SETTINGS)
        rest = client.recv(65536)

    assert (answer.status, answer.json()) == (200, {"status": "ok"})
    assert "Upgrade" not in answer.headers
    assert not rest or rest.startswith(b"HTTP/1.1 400")


def test_no_connection_holds_more_of_a_head_than_it_needs(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"x" * 200_000)
        answer = Answer(client)

    assert answer.status == 431


def test_every_place_that_starts_the_server_says_so() -> None:
    lines = (places.CHECKOUT / "Procfile").read_text().splitlines()
    procfile = next(line for line in lines if line.startswith("web:"))

    for command in (shlex.split(procfile), web_command(1)):
        assert command[command.index("--http") + 1] == "1"
        assert int(command[command.index("--http1-buffer-size") + 1]) <= 65_536


@pytest.mark.parametrize(
    "target", [b"http://127.0.0.1/api/auth/login/", b"//api/auth/login/"]
)
def test_a_request_to_a_whole_url_is_routed_by_its_path(
    port: int, target: bytes
) -> None:
    body = b"{}"
    request = b"POST " + target + b" HTTP/1.1\r\n" + HOST
    request += b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n" + body

    assert answer_of(port, request).status == (400 if target[:1] == b"h" else 404)
