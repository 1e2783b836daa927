"""psycopg, with connections that do not wait for an answer for ever.

Django's backend takes this module for its driver, so that whatever it asks, commits and
rolls back passes through `PatientConnection.wait`.
"""

import select
from functools import partial
from time import monotonic
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg import *  # noqa: F403 - a driver is its names (PEP 249)
from psycopg.abc import PQGen, PQGenConn
from psycopg.errors import _WaitTimeout
from psycopg.pq.abc import PGresult

from phr.core.postgres import timeouts
from phr.core.postgres.silence import (
    SECONDS_BETWEEN_WAITS,
    DoesNotAnswer,
    Watch,
    conninfo_of,
    watch,
    watched,
)
from phr.core.postgres.timeouts import Timeouts

Result = TypeVar("Result")
Kind = TypeVar("Kind", bound="PatientConnection")


class PatientConnection(psycopg.Connection[Any]):
    """Waits for each answer as long as the process's limits say, and no longer.

    :cvar watch: what is known of the server that connections of this class are to.
    """

    watch: ClassVar[Watch] = watch

    @classmethod
    def limits(cls) -> Timeouts:
        """How long is waited for this server."""
        return timeouts.present()

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn["PatientConnection"]:
        steps = super()._connect_gen(conninfo)
        silence = cls.limits().silence
        return (
            watched(steps, lambda: conninfo, cls.watch, silence) if silence else steps
        )

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """:raises DoesNotAnswer: the connection is closed and no longer usable."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        limits = self.limits()
        if limits.silence:
            conninfo = partial(conninfo_of, self.pgconn)
            gen = watched(gen, conninfo, self.watch, limits.silence)
        try:
            return super().wait(gen, interval, limits.answer or None)
        except DoesNotAnswer:
            self.watch.refuse_all()
            raise self.give_up() from None
        except _WaitTimeout:
            raise self.give_up() from None

    def await_result(self) -> PGresult:
        """The result of what has been sent, whether that is rows or an error.

        :raises DoesNotAnswer: the connection is closed and cannot be used any more.
        """
        result = self.await_next(self.await_sent())
        assert result is not None
        while self.pgconn.get_result() is not None:
            pass
        return result

    def await_pipeline(self, number: int) -> list[PGresult]:
        """The results of so many statements in a pipeline that ends with them.

        :raises DoesNotAnswer: as `await_result`.
        """
        poll, results = self.await_sent(), list[PGresult]()
        for _ in range(number + 1):  # the last one says that this was all
            result = self.await_next(poll)
            assert result is not None
            results.append(result)
            if len(results) <= number:
                self.await_next(poll)  # None, after each statement
        return results[:number]

    def await_sent(self) -> "select.poll":
        """:returns: what tells that there is something to be read."""
        pgconn, poll = self.pgconn, select.poll()
        poll.register(pgconn.socket, select.POLLIN | select.POLLOUT)
        while pgconn.flush():
            self.await_ready(poll)
            pgconn.consume_input()
        poll.modify(pgconn.socket, select.POLLIN)
        return poll

    def await_next(self, poll: "select.poll") -> PGresult | None:
        while self.pgconn.is_busy():
            self.await_ready(poll)
            self.pgconn.consume_input()
        return self.pgconn.get_result()

    def await_ready(self, poll: "select.poll") -> None:
        """Wait for a socket, as `wait` does.

        :raises DoesNotAnswer: the connection is closed and cannot be used any more.
        """
        limits, began = self.limits(), monotonic()
        seconds = limits.silence or limits.answer
        while not poll.poll(seconds * 1000 or None):
            if limits.silence and self.watch.finds_silence(conninfo_of(self.pgconn)):
                self.watch.refuse_all()
                raise self.give_up()
            if monotonic() >= began + limits.answer:
                raise self.give_up()
            seconds = SECONDS_BETWEEN_WAITS

    def give_up(self) -> DoesNotAnswer:
        """Close a connection for which there is no answer.

        PostgreSQL finds it closed when it wakes up, and rolls back what was not
        committed.
        """
        self.pgconn.finish()
        return DoesNotAnswer("PostgreSQL does not respond.")


def connect(*arguments: Any, **options: Any) -> PatientConnection:  # type: ignore[no-redef] # psycopg's own
    """:raises OperationalError: it cannot be reached, or could not be a moment ago."""
    return connect_as(PatientConnection, *arguments, **options)


def connect_as(kind: type[Kind], *arguments: Any, **options: Any) -> Kind:
    """:raises OperationalError: as `connect`."""
    if kind.watch.breaker.is_open:
        raise DoesNotAnswer("PostgreSQL did not respond a moment ago.")
    kind.watch.way = (arguments, options)
    try:
        return kind.connect(*arguments, **options)
    except DoesNotAnswer:
        kind.watch.refuse_all()
        raise
