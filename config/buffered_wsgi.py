"""Runs the WSGI application on an ASGI server, and keeps its threads from waiting.

A thread that waits for a client is lost to everybody else. Here the event loop waits,
for as many clients as there are: a thread gets a request when its body is whole, in its
turn, and never waits until somebody takes the answer (docs/adr has the figures, and why
no library does).
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import structlog

from config.environ import environ_of
from config.messages import (
    ClientHasGone,
    Message,
    Pairs,
    Receive,
    Refusal,
    Send,
    body_message,
    messages_of,
    start_message,
)
from config.streams import PIECE, Stream
from config.watch import Turn, Watch

log = structlog.get_logger(__name__)


class Door(Protocol):
    """What decides when a request gets a thread."""

    def enter(self, call: "Call") -> Turn:
        """Let a call wait for its turn; it may get `more_headers` before.

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
            turn = self.door.enter(call)
        except Refusal as refusal:
            # Closed where the body may not have been read.
            closing = refusal.status in (400, 408)
            for message in messages_of(refusal, closing=closing):
                await send(message)
            return
        watch = Watch(call, turn, receive)
        try:
            messages = await self.result_of(call, turn)
        finally:
            watch.end()
        for message in messages:
            await send(message)
        if call.stream:
            await call.stream.sent

    async def result_of(self, call: "Call", turn: Turn) -> list[Message]:
        """The messages of an answer, or what is answered if the application fails."""
        try:
            return await turn.answer
        except ClientHasGone:
            return []
        except Refusal as refusal:
            if call.stream is None:
                return messages_of(refusal, closing=False)
            call.stream.end(refusal)
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

    @property
    def only_reads(self) -> bool:
        return self.environ["REQUEST_METHOD"].upper() in ("GET", "HEAD")

    @property
    def written(self) -> int:
        """Bytes of a streamed answer that there are so far."""
        return self.stream.written if self.stream else 0

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
