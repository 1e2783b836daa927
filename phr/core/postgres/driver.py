"""psycopg, with connections that do not wait for an answer for ever.

Django's backend takes this module for its driver, so that whatever it asks, commits and
rolls back passes through `PatientConnection.wait`.
"""

import select
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg import *  # noqa: F403 - a driver is its names (PEP 249)
from psycopg.abc import PQGen, PQGenConn
from psycopg.errors import _WaitTimeout
from psycopg.pq.abc import PGconn, PGresult

from phr.core.postgres import timeouts
from phr.core.postgres.silence import (
    SECONDS_BETWEEN_WAITS,
    DoesNotAnswer,
    conninfo_of,
    watch,
    watched,
)

Result = TypeVar("Result")


class PatientConnection(psycopg.Connection[Any]):
    """Waits for each answer as long as the process's limits say, and no longer."""

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn["PatientConnection"]:
        steps = super()._connect_gen(conninfo)
        return watched(steps, lambda: conninfo) if timeouts.present().silence else steps

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """:raises DoesNotAnswer: the connection is closed and no longer usable."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        limits = timeouts.present()
        if limits.silence:
            gen = watched(gen, partial(conninfo_of, self.pgconn))
        try:
            return super().wait(gen, interval, limits.answer or None)
        except DoesNotAnswer:
            watch.refuse_all()
            raise give_up(self.pgconn) from None
        except _WaitTimeout:
            raise give_up(self.pgconn) from None


def connect(*arguments: Any, **options: Any) -> PatientConnection:  # type: ignore[no-redef] # psycopg's own
    """:raises OperationalError: it cannot be reached, or could not be a moment ago."""
    if watch.breaker.is_open:
        raise DoesNotAnswer("PostgreSQL did not respond a moment ago.")
    watch.way = (arguments, options)
    try:
        return PatientConnection.connect(*arguments, **options)
    except DoesNotAnswer:
        watch.refuse_all()
        raise


def await_result(pgconn: PGconn) -> PGresult:
    """The result of what has been sent, whether that is rows or an error.

    :raises DoesNotAnswer: the connection is closed and cannot be used any more.
    """
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN | select.POLLOUT)
    while pgconn.flush():
        await_ready(poll, pgconn)
        pgconn.consume_input()
    poll.modify(pgconn.socket, select.POLLIN)
    while pgconn.is_busy():
        await_ready(poll, pgconn)
        pgconn.consume_input()
    result = pgconn.get_result()
    assert result is not None
    while pgconn.get_result() is not None:
        pass
    return result


def await_ready(poll: "select.poll", pgconn: PGconn) -> None:
    """Wait for a socket, as `PatientConnection.wait` does.

    :raises DoesNotAnswer: the connection is closed and cannot be used any more.
    """
    limits, began = timeouts.present(), monotonic()
    seconds = limits.silence or limits.answer
    while not poll.poll(seconds * 1000 or None):
        if limits.silence and watch.finds_silence(conninfo_of(pgconn)):
            watch.refuse_all()
            raise give_up(pgconn)
        if monotonic() >= began + limits.answer:
            raise give_up(pgconn)
        seconds = SECONDS_BETWEEN_WAITS


def give_up(pgconn: PGconn) -> DoesNotAnswer:
    """Close a connection for which there is no answer.

    PostgreSQL finds it closed when it wakes up, and rolls back what was not committed.
    """
    pgconn.finish()
    return DoesNotAnswer("PostgreSQL does not respond.")
