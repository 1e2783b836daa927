"""A relay of connections before each server, which can be slow, cut and closed.

It runs on an event loop in a thread of its own. Before the web processes it does what
their proxy does: whoever does not take a connection is passed over.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# Opens a connection to a server for the client at an address.
Target = Callable[[str], Coroutine[Any, Any, Streams]]

HOST = "127.0.0.1"
PIECE = 64 * 1024


def tcp(port: int) -> Target:
    """A server at a port, which sees the address that the client has here."""
    return lambda client: asyncio.open_connection(HOST, port, local_addr=(client, 0))


def unix(path: str) -> Target:
    """A server at a socket of this machine."""
    return lambda _client: asyncio.open_unix_connection(path)


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def close(self) -> None:
        self.run(self.end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def end_tasks(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class Relay:
    """Connections that are taken at a port and handed on.

    :ivar targets: where to; of several each gets some.
    :ivar delay: seconds that each piece waits, in either direction.
    :ivar is_cut: whoever comes is sent away at once.
    :ivar breaks: when connections were ended, by `time.monotonic`.
    """

    def __init__(self, loop: Loop, *targets: Target) -> None:
        self.loop, self.targets = loop, list(targets)
        self.delay, self.is_cut = 0.0, False
        self.open: set[asyncio.StreamWriter] = set()
        self.breaks: list[float] = []
        self.server = loop.run(asyncio.start_server(self.serve, HOST, 0, backlog=512))
        self.port: int = self.server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """End what is open without a word, and take nothing until `mend`."""
        self.is_cut = True
        self.end_open()

    def end_open(self) -> None:
        """End the connections that are open; new ones are taken."""
        self.breaks.append(time.monotonic())

        async def end() -> None:
            for writer in self.open:
                writer.transport.abort()

        self.loop.run(end())

    def mend(self) -> None:
        self.delay, self.is_cut = 0.0, False

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.open.add(writer)
        there = None if self.is_cut else await self.connect(writer)
        try:
            if there is not None:
                self.open.add(there[1])
                await asyncio.gather(
                    self.hand_on(reader, there[1]), self.hand_on(there[0], writer)
                )
        finally:
            self.open.discard(writer)
            writer.transport.abort() if there is None else writer.close()
            if there is not None:
                self.open.discard(there[1])
                there[1].close()

    async def connect(self, writer: asyncio.StreamWriter) -> Streams | None:
        (client, *_) = writer.get_extra_info("peername")
        for target in random.sample(self.targets, len(self.targets)):
            with suppress(OSError):
                return await target(client)
        return None

    async def hand_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Until one side ends; an end without a word is handed on as such."""
        try:
            while piece := await reader.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            writer.transport.abort()
