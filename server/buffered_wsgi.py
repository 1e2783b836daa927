"""Runs the WSGI application on an ASGI server, and keeps its threads from waiting.

A thread that waits for a client is lost to everybody else. Here the event loop waits,
for as many clients as there are: a thread gets a request when its body is whole, in its
turn, and never waits until somebody takes the answer (docs/adr has the figures, and why
no library does).
"""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Protocol

import structlog
from django.core.exceptions import BadRequest

from phr.core.ip_networks import site_of
from phr.interfaces.proxies import client_address
from server.asgi_messages import (
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
from server.buffer_budget import BODIES, Reservation
from server.cancellation import Turn, Watch
from server.streaming import PIECE, Stream
from server.wsgi_environ import environ_of, length_of_head, put_body

log = structlog.get_logger(__name__)

# Bytes of address and headers. Ours need 2 KiB; what reads them may not be made for
# more.
LONGEST_HEAD = 16 * 1024


class Admission(Protocol):
    """What decides when a request gets a thread."""

    def admit(self, call: "Call") -> Turn:
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
        admission: Admission,
        *,
        largest_body: int,
        patience: float,
        problem: Callable[[int], Refusal],
    ) -> None:
        self.wsgi, self.admission = wsgi, admission
        self.largest_body, self.patience = largest_body, patience
        self.problem = problem

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            if length_of_head(scope) > LONGEST_HEAD:
                raise self.problem(431)
            environ = environ_of(scope)
            if self.has_body(scope, environ):
                put_body(environ, await self.body_of(environ, receive))
            call = Call(self.wsgi, environ, send, self.patience)
            turn = self.admission.admit(call)
        except Refusal as refusal:
            # Closed where the body may not have been read.
            closing = refusal.status in (400, 408, 431, 503)
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
                # Of a head that Django cannot read it has made no request yet.
                status = 400 if isinstance(error, BadRequest) else 500
                return messages_of(self.problem(status), closing=True)
            call.stream.end(error)
            return []

    def has_body(self, scope: Message, environ: dict[str, Any]) -> bool:
        """Whether there is a body to be read."""
        declared: str | None = environ.get("CONTENT_LENGTH")
        if declared is None and "HTTP_TRANSFER_ENCODING" not in environ:
            # And so there is none (RFC 9112, section 6.3).
            return not scope["http_version"].startswith("1")
        is_number = declared and declared.isascii() and declared.isdigit()
        return not (is_number and int(declared or 0) > self.largest_body)

    async def body_of(self, environ: dict[str, Any], receive: Receive) -> bytes:
        """:raises Refusal: it does not come in time, or not at all any more, or others
        need the memory that it holds.
        """
        limit = asyncio.timeout(self.patience)
        loop = asyncio.get_running_loop()
        client = site_of(client_address(environ))
        try:
            async with limit:
                reservation = BODIES.begin(
                    client, lambda: limit.reschedule(loop.time())
                )
                try:
                    return await self.read_body(receive, reservation)
                finally:
                    BODIES.end(reservation)
        except TimeoutError:
            raise self.problem(503 if reservation.has_given_way else 408) from None

    async def read_body(self, receive: Receive, reservation: Reservation) -> bytes:
        """The body, as far as it is needed to know that it is too long.

        :raises Refusal: it was cut off, or chunked wrongly.
        :raises TimeoutError: it has to give way.
        """
        body, more = bytearray(), True
        while more and len(body) <= self.largest_body:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise self.problem(400)
            body += message.get("body", b"")
            more = message.get("more_body", False)
            BODIES.grow(reservation, len(body))
            if reservation.has_given_way and more:
                raise TimeoutError
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
        self.sender: Hashable = None  # whom it counts for, if anybody
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
        self.stream = Stream(self)
        for earlier in self.chunks:
            self.stream.write(earlier)
