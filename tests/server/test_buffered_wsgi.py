"""What stands between the web server and Django: whole bodies in, any answer out."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import BadRequest

from server import streaming
from server.asgi_messages import Message, Refusal
from server.buffer_budget import BufferBudget
from server.buffered_wsgi import LONGEST_HEAD, BufferedWSGI, Call
from server.fair_share import Bounds, Sender
from server.streaming import PIECE
from server.thread_pool import Job, ThreadPool
from server.wsgi_environ import environ_of

SCOPE = {
    "type": "http",
    "method": "POST",
    "http_version": "1.1",
    "scheme": "http",
    "path": "/caf\N{REPLACEMENT CHARACTER}",
    "raw_path": b"/caf%E9",
    "query_string": b"q=%FF",
    "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"text/plain")],
    "client": ("203.0.113.7", 50_000),
    "server": ("127.0.0.1", 8000),
}
LARGEST = 100
PATIENCE = 1.5  # seconds
ANYBODY = Sender("anybody", "anywhere")
WHOLE = ({"type": "http.request", "body": b"hello", "more_body": False},)

Answer = tuple[int, dict[bytes, bytes], list[bytes]]


class OneThread:
    """Admits everybody to one pool, of one thread."""

    def __init__(self) -> None:
        bounds = Bounds(1, 1, units=10, units_of_a_client=10, waiting=10)
        self.pool = ThreadPool("test", bounds, patience=PATIENCE)

    def admit(self, call: Call) -> Job:
        call.more_headers = [(b"x-admitted", b"yes")]
        return self.pool.submit(ANYBODY, 1, call.run, LookupError)


def buffered(wsgi: Callable[..., Any], *, patience: float) -> BufferedWSGI:
    return BufferedWSGI(
        wsgi, OneThread(), largest_body=LARGEST, patience=patience, problem=problem
    )


def call(
    wsgi: Callable[..., Any], *received: Message, headers: tuple[Any, ...] = ()
) -> Answer:
    """Call a WSGI application, the client sending these parts and then nothing."""
    application = buffered(wsgi, patience=0.2)
    sent: list[Message] = []

    async def run() -> None:
        parts = iter(received or WHOLE)
        length = headers or ((b"content-length", b"10"),)
        scope = SCOPE | {"headers": [*SCOPE["headers"], *length]}
        await application(scope, receive_from(parts), send)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(run())
    start, *body = sent
    assert [message["more_body"] for message in body] == [True] * (len(body) - 1) + [
        False
    ]
    chunks = [message["body"] for message in body if message["body"]]
    return start["status"], dict(start["headers"]), chunks


def receive_from(parts: Iterator[Message]) -> Callable[[], Any]:
    async def receive() -> Message:
        for part in parts:
            return part
        await asyncio.sleep(60)
        raise AssertionError

    return receive


def problem(status: int) -> Refusal:
    headers = {"Content-Type": "application/problem+json"}
    return Refusal(status, headers, HTTPStatus(status).phrase.encode())


def part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def echo(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


def test_a_body_in_parts_is_read_whole() -> None:
    status, _, body = call(echo, part(b"one "), part(b""), part(b"two", more=False))

    assert (status, body) == (200, [b"one two"])


def test_a_body_that_does_not_come_in_time_is_a_408() -> None:
    status, headers, body = call(echo, part(b"one "))

    assert (status, body) == (408, [b"Request Timeout"])
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"connection"] == b"close"


@pytest.mark.parametrize("name", [b"cookie", b"x-anything", b"content-type"])
def test_a_head_that_is_too_long_is_a_431(name: bytes) -> None:
    def fail(*_: object) -> list[bytes]:
        raise AssertionError

    for length, answer in ((LONGEST_HEAD - 200, 200), (LONGEST_HEAD, 431)):
        app = echo if answer == 200 else fail
        headers = ((name, b"x" * length), (b"content-length", b"10"))
        assert call(app, headers=headers)[0] == answer


def test_a_body_that_is_cut_off_is_a_400() -> None:
    status, _, body = call(echo, part(b"one "), {"type": "http.disconnect"})

    assert (status, body) == (400, [b"Bad Request"])


def test_of_a_body_that_says_to_be_too_long_nothing_is_read() -> None:
    lengths = []

    def note_length(environ: Any, start_response: Any) -> list[bytes]:
        lengths.append(environ["CONTENT_LENGTH"])
        return echo(environ, start_response)

    declared = ((b"content-length", b"101"),)

    assert call(note_length, part(b"x" * 101), headers=declared)[2] == []
    assert lengths == ["101"]


def test_of_a_chunked_body_no_more_is_read_than_shows_its_length() -> None:
    lengths = []

    def note_length(environ: Any, start_response: Any) -> list[bytes]:
        lengths.append(int(environ["CONTENT_LENGTH"]))
        return echo(environ, start_response)

    chunked = ((b"transfer-encoding", b"chunked"),)
    call(note_length, *[part(b"x" * 60)] * 10, headers=chunked)

    assert lengths == [120]


def test_the_request_is_told_in_the_words_of_wsgi() -> None:
    seen: dict[str, Any] = {}

    def look(environ: Any, start_response: Any) -> list[bytes]:
        seen.update(environ)
        return echo(environ, start_response)

    headers = (
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-forwarded-for", b"198.51.100.1"),
        (b"x-forwarded-for", b"198.51.100.2"),
        (b"x_forwarded_for", b"192.0.2.1"),
    )
    call(look, headers=headers)

    assert (seen["REQUEST_METHOD"], seen["PATH_INFO"]) == ("POST", "/caf\xe9")
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("q=%FF", "203.0.113.7")
    assert (seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert seen["CONTENT_TYPE"] == "text/plain"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["HTTP_X_FORWARDED_FOR"] == "198.51.100.1,198.51.100.2"


def test_an_answer_that_is_streamed_leaves_piece_by_piece() -> None:
    closed = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"one", b"", b"two")

        def close(self) -> None:
            closed.append(True)

    def stream(environ: Any, start_response: Any) -> Pieces:
        start_response("200 OK", [])
        return Pieces()

    assert b"".join(call(stream)[2]) == b"onetwo"
    assert closed == [True]


def test_a_long_answer_of_known_length_arrives_whole() -> None:
    piece, times = b"x" * 4096, 3 * PIECE // 4096 + 1

    def send_file(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", str(4096 * times))])
        return iter([piece] * times)

    assert b"".join(call(send_file)[2]) == piece * times


def test_a_client_that_takes_nothing_keeps_no_thread() -> None:
    """Its answer is made to the end meanwhile, and then its connection ends."""
    closed = threading.Event()

    def stream(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            yield from [b"x" * PIECE] * 20
        finally:
            closed.set()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            assert await asyncio.to_thread(closed.wait, 10)
            await asyncio.sleep(60)

    application = buffered(stream, patience=0.5)
    with pytest.raises(TimeoutError):  # with which the server ends the connection
        asyncio.run(application(SCOPE, receive_from(iter(WHOLE)), send))


def test_for_a_client_that_has_gone_no_more_is_made() -> None:
    made: list[int] = []
    gone = threading.Event()

    def stream(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for number in range(3):
            yield b"piece"
            made.append(number)
            assert gone.wait(10)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            asyncio.get_running_loop().call_later(0.1, gone.set)
            raise ConnectionResetError

    application = buffered(stream, patience=5)
    with pytest.raises(ConnectionResetError):
        asyncio.run(application(SCOPE, receive_from(iter(WHOLE)), send))
    assert made == [0]


def test_half_an_answer_ends_with_its_connection_and_not_as_if_it_were_whole() -> None:
    sent: list[Message] = []

    def break_off(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"half"
        raise ZeroDivisionError

    async def send(message: Message) -> None:
        sent.append(message)

    application = buffered(break_off, patience=5)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(application(SCOPE, receive_from(iter(WHOLE)), send))
    assert not any(message.get("more_body") is False for message in sent)


def test_an_answer_that_others_need_the_room_of_ends_with_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever takes least holds most."""
    budget = BufferBudget(in_all=4 * PIECE, of_a_client=2 * PIECE, at_least=1)
    monkeypatch.setattr(streaming, "STREAMS", budget)

    def stream(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield from [b"x" * PIECE] * 2

    async def take_nothing(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    async def run() -> list[Any]:
        application = buffered(stream, patience=30)
        both = [
            asyncio.create_task(
                application(SCOPE, receive_from(iter(WHOLE)), take_nothing)
            )
            for _ in range(2)
        ]
        _, stays = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in stays:
            task.cancel()
        return await asyncio.gather(*both, return_exceptions=True)

    errors = [type(error) for error in asyncio.run(run())]
    assert sorted(errors, key=str) == [TimeoutError, asyncio.CancelledError]


def test_a_request_that_says_nothing_of_a_body_is_not_waited_for() -> None:
    async def receive() -> Message:
        raise AssertionError

    async def run() -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await buffered(echo, patience=5)(SCOPE, receive, send)
        return sent

    assert asyncio.run(run())[-1]["body"] == b""


def test_an_answer_without_a_body_has_an_end() -> None:
    def nothing(environ: Any, start_response: Any) -> list[bytes]:
        start_response("204 No Content", [("X-Name", "caf\xe9")])
        return []

    assert call(nothing) == (204, {b"x-name": b"caf\xe9", b"x-admitted": b"yes"}, [])


def test_a_thread_keeps_no_context_for_the_next_request() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="fresh")

    def remember(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        found = variable.get()
        variable.set("used")
        return [found.encode()]

    application = buffered(remember, patience=5)
    bodies: list[bytes] = []

    async def run() -> None:
        for _ in range(2):
            await application(SCOPE, receive_from(iter(WHOLE)), send)

    async def send(message: Message) -> None:
        bodies.append(message.get("body", b""))

    asyncio.run(run())
    assert b"".join(bodies) == b"freshfresh"


def test_a_charset_that_is_none_is_not_believed() -> None:
    def told(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["CONTENT_TYPE"].encode()]

    for charset in (b"charset=hex", b"charset =hex", b'CharSet\t="hex"'):
        kind = b"multipart/form-data; " + charset + b"; boundary=x"
        environ = environ_of(SCOPE | {"headers": [(b"content-type", kind)]})

        assert environ["CONTENT_TYPE"] == "multipart/form-data; boundary=x"
    assert call(told)[2] == [b"text/plain"]


def test_an_application_that_fails_is_a_problem_and_no_dead_connection() -> None:
    def fail(environ: Any, start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    status, _, body = call(fail)

    assert status == 500
    assert body == [b"Internal Server Error"]


def test_a_head_that_django_cannot_read_is_a_bad_request() -> None:
    def refuse(environ: Any, start_response: Any) -> list[bytes]:
        raise BadRequest

    assert call(refuse)[0] == 400
