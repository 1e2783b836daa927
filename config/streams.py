"""Long answers, on their way from threads that make them to clients that take them."""

import asyncio
from tempfile import SpooledTemporaryFile
from threading import Lock

from config.messages import ClientHasGone, Message, Send, body_message

# An answer up to this size (bytes), of a length that is known, is handed over at once.
PIECE = 256 * 1024
# Of a longer one so much is kept in memory while the client takes it; the rest is in
# a file.
KEPT_IN_MEMORY = 64 * 1024


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
