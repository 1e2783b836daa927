"""Long answers, on their way from threads that make them to clients that take them."""

import asyncio
from collections.abc import Hashable
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Protocol

from server.asgi_messages import ClientHasGone, Message, Send, body_message
from server.buffer_budget import STREAMS, Reservation

# An answer up to this size (bytes), of a length that is known, is handed over at once.
PIECE = 256 * 1024
# Of a longer one so much is kept in memory while the client takes it; the rest is in
# a file.
KEPT_IN_MEMORY = 64 * 1024


class Streaming(Protocol):
    """The call whose answer it is."""

    start: Message
    send: Send
    patience: float
    loop: asyncio.AbstractEventLoop
    sender: Hashable


class Stream:
    """A long answer between the thread that makes it and the client that takes it.

    The thread writes as fast as it can and is free for others; what the client has not
    taken yet is in a file.
    """

    def __init__(self, call: Streaming) -> None:
        self.start, self.send = call.start, call.send
        self.patience, self.loop, self.sender = call.patience, call.loop, call.sender
        self.file = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 - it closes with the call
        self.lock = Lock()
        self.written, self.has_ended = 0, False
        self.error: Exception | None = None
        self.reservation: Reservation | None = None
        self.news = asyncio.Event()
        self.limit: asyncio.Timeout | None = None  # of the piece that is being sent
        sending = asyncio.run_coroutine_threadsafe(self.send_all(), self.loop)
        self.sent = asyncio.wrap_future(sending, loop=self.loop)

    def write(self, chunk: bytes) -> None:
        """:raises ClientHasGone: to stop producing the response."""
        with self.lock:
            if self.file.closed:
                raise ClientHasGone
            self.file.seek(self.written)
            self.file.write(chunk)
            self.written += len(chunk)
        self.loop.call_soon_threadsafe(self.note)

    def note(self) -> None:
        self.news.set()
        if self.reservation:
            STREAMS.grow(self.reservation, self.written)

    def end(self, error: Exception | None = None) -> None:
        """:param error: the error that interrupted the response, which is then
        incomplete."""
        self.error, self.has_ended = error, True
        self.loop.call_soon_threadsafe(self.news.set)

    def give_way(self) -> None:
        """End at once, as with a client that has stopped taking it."""
        self.end(TimeoutError())
        if self.limit:
            self.limit.reschedule(self.loop.time())

    async def send_all(self) -> None:
        """Send it at the client's pace, on the event loop.

        :raises TimeoutError: the client has stopped taking it, or others need the room.
        :raises Exception: that with which the answer broke off.
        """
        taken = 0
        self.reservation = STREAMS.begin(self.sender, self.give_way)
        self.note()
        try:
            await self.send_in_time(self.start)
            while piece := await self.read(taken):
                taken += len(piece)
                await self.send_in_time(body_message(piece, more=True))
            await self.send(body_message(b"", more=False))
        finally:
            STREAMS.end(self.reservation)
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
        try:
            async with asyncio.timeout(self.patience) as self.limit:
                await self.send(message)
        finally:
            self.limit = None
