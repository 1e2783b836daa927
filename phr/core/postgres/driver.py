"""psycopg, with connections that do not wait for an answer for ever.

Django's backend takes this module for its driver, so that whatever it asks, commits and
rolls back passes through `PatientConnection.wait`.
"""

import select
from typing import Any, TypeVar

import psycopg
from psycopg import *  # noqa: F403 - a driver is its names (PEP 249)
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from psycopg.pq.abc import PGconn, PGresult

from phr.core.circuit_breaker import CircuitBreaker
from phr.core.postgres import timeouts

Result = TypeVar("Result")
SECONDS_BETWEEN_TRIES = 2

# After a server has said nothing for too long, few try again, and the others know.
breaker = CircuitBreaker(SECONDS_BETWEEN_TRIES)


class DoesNotAnswer(psycopg.OperationalError):
    """The server has not said anything for as long as this process waits."""


class PatientConnection(psycopg.Connection[Any]):
    """Waits for each answer as long as the process's limits say, and no longer."""

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """:raises DoesNotAnswer: the connection is closed and no longer usable."""
        try:
            patience = timeout or timeouts.present().answer or None
            return super().wait(gen, interval, patience)
        except _WaitTimeout:
            if timeout is not None:
                raise
            raise give_up(self.pgconn) from None


def connect(*arguments: Any, **options: Any) -> PatientConnection:  # type: ignore[no-redef] # psycopg's own
    """:raises OperationalError: it cannot be reached, or could not be a moment ago."""
    if not breaker.admits():
        raise DoesNotAnswer("PostgreSQL did not respond a moment ago.")
    try:
        made = PatientConnection.connect(*arguments, **options)
    except psycopg.errors.ConnectionTimeout:
        breaker.note_failure()
        raise
    breaker.note_success()
    return made


def await_result(pgconn: PGconn) -> PGresult:
    """The result of what has been sent, whether that is rows or an error.

    :raises DoesNotAnswer: the connection is closed and cannot be used any more.
    """
    seconds = timeouts.present().answer
    patience = seconds * 1000 or None
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN | select.POLLOUT)
    while pgconn.flush():
        if not poll.poll(patience):
            raise give_up(pgconn)
        pgconn.consume_input()
    poll.modify(pgconn.socket, select.POLLIN)
    while pgconn.is_busy():
        if not poll.poll(patience):
            raise give_up(pgconn)
        pgconn.consume_input()
    result = pgconn.get_result()
    assert result is not None
    while pgconn.get_result() is not None:
        pass
    return result


def give_up(pgconn: PGconn) -> DoesNotAnswer:
    """Close a connection, and have nobody else wait for the server in vain.

    PostgreSQL finds it closed when it wakes up, and rolls back what was not committed.
    """
    breaker.suspect()
    pgconn.finish()
    return DoesNotAnswer("PostgreSQL does not respond.")
