"""Runs the WSGI application on an ASGI server, and keeps its threads from waiting.

A thread that waits for a client is lost to everybody else. Here the event loop waits,
for as many clients as there are: a thread gets a request when its body is whole, in its
turn, and never waits until somebody takes the answer (docs/adr has the figures, and why
no library does).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any, Protocol

import structlog

from config.environ import environ_of

log = structlog.get_logger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Pairs = list[tuple[bytes, bytes]]

# An answer up to this size (bytes), of a length that is known, is handed over at once.
PIECE = 256 * 1024
# Of a longer one so much is kept in memory while the client takes it; the rest is in
# a file.
KEPT_IN_MEMORY = 1024 * 1024


class ClientHasGone(Exception):
    """Nobody takes the answer any more."""


@dataclass(eq=False)
class Refusal(Exception):
    """What to answer instead of asking the application."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Door(Protocol):
    """What decides when a request gets a thread."""

    def enter(self, call: "Call") -> Awaitable[list[Message]]:
        """Let a call wait for its turn; it may get `more_headers` before.

        :returns: what `call.run` will return.
        :raises Refusal: it gets no turn.
        """


class BufferedWSGI:
    """An ASGI application that calls a WSGI application in one of some threads.

    :param largest_body: in bytes; of what is longer only the length is handed on.
    :param patience: seconds until a body must be there, else it is a 408; and until a
        piece of a streamed answer must have been taken, else the connection ends.
    :param problem: makes the problem (RFC 9457) to answer then, from the status.
    """

    def __init__(
        self,
        wsgi: Callable[..., Any],
        door: Door,
        *,
        largest_body: int,
        patience: float,
        problem: Callable[[int], Refusal],
    ) -> None:
        self.wsgi, self.door = wsgi, door
        self.largest_body, self.patience = largest_body, patience
        self.problem = problem

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            body = await self.body_of(scope, receive)
            call = Call(self.wsgi, environ_of(scope, body), send, self.patience)
            answer = self.door.enter(call)
        except Refusal as refusal:
            # Closed where the body may not have been read.
            closing = refusal.status in (400, 408)
            for message in messages_of(refusal, closing=closing):
                await send(message)
            return
        for message in await self.result_of(call, answer):
            await send(message)
        if call.stream:
            await call.stream.sent

    async def result_of(
        self, call: "Call", answer: Awaitable[list[Message]]
    ) -> list[Message]:
        """The messages of an answer, or what is answered if the application fails."""
        try:
            return await answer
        except ClientHasGone:
            return []
        except Exception as error:
            log.exception("request_failed", exc_info=error)
            if call.stream is None:
                return messages_of(self.problem(500), closing=True)
            call.stream.end(error)
            return []

    async def body_of(self, scope: Message, receive: Receive) -> bytes:
        """:raises Refusal: it does not come in time, or not at all any more."""
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length")
        if declared is None and b"transfer-encoding" not in headers:
            if scope["http_version"].startswith("1"):
                return b""  # and so there is none (RFC 9112, section 6.3)
        elif declared and declared.isdigit() and int(declared) > self.largest_body:
            return b""
        try:
            async with asyncio.timeout(self.patience):
                return await self.read_body(receive)
        except TimeoutError:
            raise self.problem(408) from None

    async def read_body(self, receive: Receive) -> bytes:
        """The body, as far as it is needed to know that it is too long.

        :raises Refusal: it was cut off, or chunked wrongly.
        """
        body, more = bytearray(), True
        while more and len(body) <= self.largest_body:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise self.problem(400)
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return bytes(body)


def messages_of(refusal: Refusal, *, closing: bool) -> list[Message]:
    pairs = [(n.lower().encode(), v.encode()) for n, v in refusal.headers.items()]
    if closing:
        pairs.append((b"connection", b"close"))
    return [
        start_message(refusal.status, pairs),
        body_message(refusal.body, more=False),
    ]


class Call:
    """One call of the WSGI application, in a thread, and what it answers."""

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        environ: dict[str, Any],
        send: Send,
        patience: float,
    ) -> None:
        self.wsgi, self.environ = wsgi, environ
        self.send, self.patience = send, patience
        self.loop = asyncio.get_running_loop()
        self.more_headers: Pairs = []
        self.start: Message = {}
        self.chunks: list[bytes] = []
        self.held, self.has_length = 0, False
        self.stream: Stream | None = None

    def run(self) -> list[Message]:
        """Call it, and return the messages that were not streamed."""
        answer = self.wsgi(self.environ, self.start_response)
        try:
            for chunk in answer:
                self.write(chunk)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        if self.stream:
            self.stream.end()
            return []
        return [self.start, body_message(b"".join(self.chunks), more=False)]

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info and self.stream:  # the headers have left already
            raise exc_info[1].with_traceback(exc_info[2])
        pairs = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
        self.has_length = b"content-length" in dict(pairs)
        self.start = start_message(int(status[:3]), pairs + self.more_headers)
        return self.write

    def write(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self.stream:
            self.stream.write(chunk)
            return
        self.chunks.append(chunk)
        self.held += len(chunk)
        if self.has_length and self.held < PIECE:
            return
        self.stream = Stream(self.start, self.send, self.patience, self.loop)
        for held in self.chunks:
            self.stream.write(held)


class Stream:
    """A long answer between the thread that makes it and the client that takes it.

    The thread writes as fast as it can and is free for others; what the client has not
    taken yet is in a file.
    """

    def __init__(
        self,
        start: Message,
        send: Send,
        patience: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.start, self.send, self.patience, self.loop = start, send, patience, loop
        self.file = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115
        self.lock = Lock()
        self.written, self.has_ended = 0, False
        self.error: Exception | None = None
        self.news = asyncio.Event()
        sending = asyncio.run_coroutine_threadsafe(self.send_all(), loop)
        self.sent = asyncio.wrap_future(sending, loop=loop)

    def write(self, chunk: bytes) -> None:
        """:raises ClientHasGone: so that no more is made."""
        with self.lock:
            if self.file.closed:
                raise ClientHasGone
            self.file.seek(self.written)
            self.file.write(chunk)
            self.written += len(chunk)
        self.loop.call_soon_threadsafe(self.news.set)

    def end(self, error: Exception | None = None) -> None:
        """:param error: with which the answer broke off: half of one is none."""
        self.error, self.has_ended = error, True
        self.loop.call_soon_threadsafe(self.news.set)

    async def send_all(self) -> None:
        """Send it at the client's pace, on the event loop.

        :raises TimeoutError: the client has stopped taking it.
        :raises Exception: that with which the answer broke off.
        """
        taken = 0
        try:
            await self.send_in_time(self.start)
            while piece := await self.read(taken):
                taken += len(piece)
                await self.send_in_time(body_message(piece, more=True))
            await self.send(body_message(b"", more=False))
        finally:
            with self.lock:
                self.file.close()

    async def read(self, taken: int) -> bytes:
        """What follows on the bytes taken so far; nothing at the end."""
        while True:
            self.news.clear()
            has_ended = self.has_ended
            if self.error:
                raise self.error
            with self.lock:
                self.file.seek(taken)
                piece: bytes = self.file.read(PIECE)
            if piece or has_ended:
                return piece
            await self.news.wait()

    async def send_in_time(self, message: Message) -> None:
        async with asyncio.timeout(self.patience):
            await self.send(message)


def start_message(status: int, headers: Pairs) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body_message(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
