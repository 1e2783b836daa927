"""Whether anybody still waits for an answer, and for how long they shall."""

import asyncio
from typing import Protocol

from server.asgi_messages import Message, Receive

# Until so long nobody asks whether the client of a call is still there.
SECONDS_UNWATCHED = 0.5


class Watched(Protocol):
    """What is known of a call.

    :param written: bytes of a streamed answer that there are so far.
    """

    loop: asyncio.AbstractEventLoop

    @property
    def written(self) -> int: ...

    @property
    def only_reads(self) -> bool: ...


class Turn(Protocol):
    """A call that waits, or has its turn."""

    @property
    def answer(self) -> "asyncio.Future[list[Message]]":
        """What `call.run` will return; a Refusal, if it gets no turn after all."""

    @property
    def patience(self) -> float:
        """Seconds until there is to be an answer, or a part of it."""

    def leave_line(self) -> bool:
        """Have no turn at all; False if there is one already."""

    def give_up(self) -> None:
        """Have a Refusal as the answer, and what is done meanwhile stopped."""


class Watch:
    """Looks after a call for which nobody may wait any more, or that takes too long.

    What waits in line leaves it with its client. A request that may change something
    continues: a client may have left because it has what it needs. Reading is stopped.
    """

    def __init__(self, call: Watched, turn: Turn, receive: Receive) -> None:
        self.call, self.turn, self.receive = call, turn, receive
        self.task: asyncio.Task[None] | None = None
        # Nearly all are answered before, at the cost of a timer.
        self.timer = call.loop.call_later(SECONDS_UNWATCHED, self.begin)

    def begin(self) -> None:
        self.task = self.call.loop.create_task(self.look())

    def end(self) -> None:
        self.timer.cancel()
        if self.task:
            self.task.cancel()

    async def look(self) -> None:
        gone = asyncio.ensure_future(self.disconnection())
        try:
            await self.wait_for_end(gone)
        finally:
            gone.cancel()

    async def wait_for_end(self, gone: "asyncio.Future[None]") -> None:
        written, patience = 0, self.turn.patience - SECONDS_UNWATCHED
        while not (await asyncio.wait([gone], timeout=patience))[0]:
            if self.call.written <= written:
                self.turn.give_up()
                return
            written, patience = self.call.written, self.turn.patience
        if not self.turn.leave_line() and self.call.only_reads:
            self.turn.give_up()

    async def disconnection(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
