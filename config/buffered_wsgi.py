"""Runs the WSGI application on an ASGI server, which has read each body before.

A thread that waits for a client's body is lost to everybody else. Here the event loop
waits, for as many clients as there are, and a thread gets the request when it is whole
(docs/adr has the figures, and why no library does).
"""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog

log = structlog.get_logger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CHARSET = re.compile(r"\s*;\s*charset=[^;]*", re.IGNORECASE)
# An answer whose length is known crosses from its thread to the event loop in pieces
# of this size (bytes), and so mostly once.
PIECE = 256 * 1024


class BufferedWSGI:
    """An ASGI application that calls a WSGI application in one of some threads.

    :param threads: how many requests are worked on at once.
    :param largest_body: in bytes; of what is longer only the length is handed on.
    :param patience: seconds until a body must be there, else it is a 408; and until a
        piece of a streamed answer must have been taken, else the connection ends.
    :param problem: makes headers and body of the problem (RFC 9457) to answer then,
        from the status.
    """

    def __init__(
        self,
        wsgi: Callable[..., Any],
        *,
        threads: int,
        largest_body: int,
        patience: float,
        problem: Callable[[int], tuple[Mapping[str, str], bytes]],
    ) -> None:
        self.wsgi, self.largest_body = wsgi, largest_body
        self.patience, self.problem = patience, problem
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self.patience):
                body = await self.read_body(scope, receive)
        except TimeoutError:
            await self.refuse(408, send)
            return
        if body is None:
            # Cut off, or chunked wrongly; of no matter if the client has gone away.
            await self.refuse(400, send)
            return
        environ, loop = environ_of(scope, body), asyncio.get_running_loop()
        call = Call(environ, loop, send, self.patience)
        # In a context of its own, so that a thread keeps no variable for the next one.
        try:
            rest = await call.loop.run_in_executor(
                self.threads, Context().run, call.run, self.wsgi
            )
        except Exception as error:
            log.exception("request_failed", exc_info=error)
            if call.has_begun:
                raise  # the server ends the connection: half an answer is none
            await self.refuse(500, send)
            return
        await call.send_all(rest)

    async def read_body(self, scope: Message, receive: Receive) -> bytes | None:
        """The body, as far as it is needed to know that it is too long.

        :returns: None if the rest of it cannot come any more.
        """
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.largest_body:
            return b""
        body, more = bytearray(), True
        while more and len(body) <= self.largest_body:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return bytes(body)

    async def refuse(self, status: int, send: Send) -> None:
        """Answer with a problem and close, for the body was not read."""
        headers, body = self.problem(status)
        pairs = [(n.lower().encode(), v.encode()) for n, v in headers.items()]
        pairs.append((b"connection", b"close"))
        start = {"type": "http.response.start", "status": status, "headers": pairs}
        await send(start)
        await send(body_message(body, more=False))


def environ_of(scope: Message, body: bytes) -> dict[str, Any]:
    """The request in the words of PEP 3333: text is bytes read as Latin-1."""
    raw_path, client = scope.get("raw_path"), scope.get("client")
    path = unquote_to_bytes(raw_path.partition(b"?")[0]) if raw_path else b""
    server = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (path or scope["path"].encode()).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    if "CONTENT_TYPE" in environ:
        # JSON and the forms are UTF-8; of others Django would believe in "hex".
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])
    if "HTTP_TRANSFER_ENCODING" in environ:  # a body that came without its length
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def add_header(environ: dict[str, Any], name: str, value: str) -> None:
    """Add a header, or one more of it; a forged "x_y" never counts as "x-y"."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    between = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{value}" if key in environ else value


class Call:
    """One call of the WSGI application, in a thread, and what it answers."""

    def __init__(
        self,
        environ: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
        send: Send,
        patience: float,
    ) -> None:
        self.environ, self.loop, self.send = environ, loop, send
        self.patience = patience
        self.waiting: list[Message] = []
        self.held, self.has_length, self.has_begun = 0, False, False

    def run(self, wsgi: Callable[..., Iterable[bytes]]) -> list[Message]:
        """Call it; send what it streams, and return the messages that remain."""
        answer = wsgi(self.environ, self.start_response)
        try:
            for chunk in answer:
                self.write(chunk)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return [*self.waiting, body_message(b"", more=False)]

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info and not self.waiting:  # the headers have left already
            raise exc_info[1].with_traceback(exc_info[2])
        pairs = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
        self.has_length = b"content-length" in dict(pairs)
        start = {"type": "http.response.start", "status": int(status[:3])}
        self.waiting = [{**start, "headers": pairs}]
        return self.write

    def write(self, chunk: bytes) -> None:
        if not chunk:
            return
        self.waiting.append(body_message(chunk, more=True))
        self.held += len(chunk)
        if self.has_length and self.held < PIECE:
            return
        leaving, self.waiting, self.held = self.waiting, [], 0
        self.has_begun = True
        taken = asyncio.run_coroutine_threadsafe(self.hand_over(leaving), self.loop)
        taken.result()

    async def hand_over(self, messages: list[Message]) -> None:
        """Send what a thread waits for, which a client must not keep for ever."""
        async with asyncio.timeout(self.patience):
            await self.send_all(messages)

    async def send_all(self, messages: list[Message]) -> None:
        for message in messages:
            await self.send(message)


def body_message(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
