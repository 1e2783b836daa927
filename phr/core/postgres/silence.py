"""Whether PostgreSQL hangs: whoever waits for it then knows within two seconds.

Of a server that hangs nothing tells: its connections stand, and a statement may take
its time. So a thread that has heard nothing for a moment (`Timeouts.silence`) begins to
connect anew. If the server says a word to that, be it no, it lives, and the thread
waits on. If it says none, all who wait give up, whoever comes is refused at once, and
a thread of its own connects until that succeeds.

Nobody is interrupted: each thread looks between two short waits for its own socket.
Where no statement takes long, nothing of this happens.
"""

from collections.abc import Callable, Generator
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg import generators, waiting
from psycopg.abc import PQGenConn
from psycopg.conninfo import make_conninfo
from psycopg.errors import _WaitTimeout
from psycopg.pq.abc import PGconn
from psycopg.waiting import Ready

from phr.core.circuit_breaker import CircuitBreaker

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

SECONDS_BETWEEN_WAITS = 0.1  # in which a thread sees what another one has found
SECONDS_FOR_A_WORD = 0.4
TRIES = 3  # a machine with much to do may be late for one, or for two
SECONDS_BETWEEN_LOOKS = 0.5  # of all threads together
SECONDS_BETWEEN_TRIES = 0.5


class DoesNotAnswer(psycopg.OperationalError):
    """The server has not said anything for as long as this process waits."""


class Watch:
    """What the threads of this process know together of one server.

    :param name: what the log calls it.
    :ivar way: to connect, as somebody has done last.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.turn, self.looked_at = Lock(), 0.0
        self.way: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
        self.breaker = CircuitBreaker(self.is_reached, SECONDS_BETWEEN_TRIES)

    def finds_silence(self, conninfo: str) -> bool:
        """Whether a server hangs, as far as is known; one thread looks for all."""
        if self.breaker.is_open or not self.turn.acquire(blocking=False):
            return self.breaker.is_open
        try:
            if monotonic() < self.looked_at + SECONDS_BETWEEN_LOOKS:
                return False
            found = is_silent(conninfo)
            self.looked_at = monotonic()
            return found
        finally:
            self.turn.release()

    def refuse_all(self) -> None:
        """Have nobody wait for the server until it answers again."""
        if not self.breaker.is_open:
            log.warning("postgres_does_not_answer", server=self.name)
        self.breaker.open()

    def is_reached(self) -> bool:
        arguments, options = self.way
        try:
            psycopg.connect(*arguments, **options).close()
        except psycopg.Error:
            return False
        return True


watch = Watch("primary")


def is_silent(conninfo: str) -> bool:
    """Whether who connects hears nothing; to be refused is to hear something."""
    return not any(hears_a_word(conninfo) for _ in range(TRIES))


def hears_a_word(conninfo: str) -> bool:
    steps = generators.connect(conninfo)
    try:
        waiting.wait_conn(first_word(steps), timeout=SECONDS_FOR_A_WORD)
    except _WaitTimeout:
        return False
    except psycopg.Error:
        return True
    finally:
        steps.close()
    return True


def first_word(steps: PQGenConn[Any]) -> PQGenConn[None]:
    """What psycopg waits for to connect, up to where the server has said something."""
    wanted = next(steps)
    while True:
        ready = yield wanted
        if ready & Ready.R:
            return
        wanted = steps.send(ready)


def conninfo_of(pgconn: PGconn) -> str:
    """How to connect to the server that a connection has, and no other of a list."""
    found = {each.keyword.decode(): each.val for each in pgconn.info}
    return make_conninfo(**{name: val.decode() for name, val in found.items() if val})


def watched(
    waits: Generator[Any, Any, Result],
    conninfo: Callable[[], str],
    server: Watch,
    silence: float,
) -> Generator[Any, Any, Result]:
    """What psycopg waits for, which ends where the server is found to hang.

    :param conninfo: of the server; asked only where nothing was heard for long.
    :param silence: in seconds, after which it is looked whether it hangs.
    :raises DoesNotAnswer: it hangs.
    """
    heard_at = monotonic()
    try:
        wanted = next(waits)
        while True:
            ready = yield wanted
            if ready:
                heard_at = monotonic()
            elif monotonic() >= heard_at + silence and server.finds_silence(conninfo()):
                raise DoesNotAnswer("PostgreSQL does not respond.")
            wanted = waits.send(ready)
    except StopIteration as end:
        result: Result = end.value
        return result
