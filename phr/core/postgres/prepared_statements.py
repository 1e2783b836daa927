"""Statements sent by libpq itself (`psycopg.pq`), prepared, with answers in binary.

A cursor of psycopg can do much more and takes twice as long, in Python, as is needed
for the few statements that are asked all day.
"""

from collections.abc import Sequence
from itertools import count
from time import perf_counter
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

from phr.core.postgres.cancellation import insist_on_interest
from phr.core.postgres.driver import PatientConnection
from phr.core.postgres.statement_tally import note_statement

Rows = list[tuple[Any, ...]]
Question = tuple[bytes, Sequence[Any]]  # a statement and its values
Types = tuple[int, ...] | None  # what PostgreSQL calls the types of the values

MOST = 100  # statements on one connection; each plan takes some memory there


class PreparedStatements:
    """The statements that are prepared on one connection, the last used last."""

    def __init__(self) -> None:
        self.names: dict[tuple[bytes, Types], bytes] = {}
        self.numbers = count()

    def name_of(
        self, connection: PatientConnection, statement: bytes, types: Types
    ) -> bytes:
        """The name of a statement, which is prepared now if it was not yet.

        :raises psycopg.Error: PostgreSQL does not take it.
        """
        key = (statement, types)
        name = self.names.pop(key, None) or self.prepare(connection, *key)
        self.names[key] = name
        return name

    def prepare(
        self, connection: PatientConnection, statement: bytes, types: Types
    ) -> bytes:
        if len(self.names) >= MOST:
            longest_unused = self.names.pop(next(iter(self.names)))
            connection.pgconn.send_query(b"DEALLOCATE " + longest_unused)
            check(connection.pgconn, connection.await_result())
        name = b"read_%d" % next(self.numbers)
        connection.pgconn.send_prepare(name, statement, types)
        check(connection.pgconn, connection.await_result())
        return name


def execute(
    connection: PatientConnection,
    statement: bytes,
    values: Sequence[Any],
    prepared: PreparedStatements | None,
) -> Rows:
    """Run a statement and take all of its rows.

    :param statement: with `$1` and so on where the values go.
    :param prepared: on this connection; None where nothing may be prepared, because
        a pooler lends another connection to each transaction.
    :raises psycopg.Error: PostgreSQL refuses, or cannot be reached any more.
    """
    insist_on_interest(connection)
    began = perf_counter()
    try:
        return execute_now(connection, statement, values, prepared)
    finally:
        note_statement(statement, began)


def execute_now(
    connection: PatientConnection,
    statement: bytes,
    values: Sequence[Any],
    prepared: PreparedStatements | None,
) -> Rows:
    pgconn, adapter = connection.pgconn, Transformer(connection)
    sent = adapter.dump_sequence(values, [PyFormat.AUTO] * len(values))
    types, formats = adapter.types, adapter.formats
    if prepared is None:
        pgconn.send_query_params(statement, sent, types, formats, Format.BINARY)
    else:
        name = prepared.name_of(connection, statement, types)
        pgconn.send_query_prepared(name, sent, formats, Format.BINARY)
    return load(adapter, check(pgconn, connection.await_result()))


def execute_together(
    connection: PatientConnection,
    questions: Sequence[Question],
    prepared: PreparedStatements,
) -> list[Rows]:
    """Send some statements at once, and take the rows of each: one way and back.

    :raises psycopg.Error: PostgreSQL refuses one, or cannot be reached any more.
    """
    insist_on_interest(connection)
    began = perf_counter()
    adapters = [Transformer(connection) for _ in questions]
    named = []
    for adapter, (statement, values) in zip(adapters, questions, strict=True):
        sent = adapter.dump_sequence(values, [PyFormat.AUTO] * len(values))
        name = prepared.name_of(connection, statement, adapter.types)
        named.append((name, sent, adapter.formats))
    try:
        results = pass_through_pipeline(connection, named)
    finally:
        for statement, _ in questions:
            note_statement(statement, began)
            began = perf_counter()  # the time of all counts for the first
    for result in results:
        check(connection.pgconn, result)
    return [load(*pair) for pair in zip(adapters, results, strict=True)]


def pass_through_pipeline(
    connection: PatientConnection, named: list[Any]
) -> list[PGresult]:
    """The results of prepared statements, errors among them.

    :param named: of each its name, its values and their formats.
    """
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    for name, sent, formats in named:
        pgconn.send_query_prepared(name, sent, formats, Format.BINARY)
    pgconn.pipeline_sync()
    results = connection.await_pipeline(len(named))
    pgconn.exit_pipeline_mode()
    return results


def load(adapter: Any, result: PGresult) -> Rows:
    adapter.set_pgresult(result)
    rows: Rows = adapter.load_rows(0, result.ntuples, tuple)
    return rows


def check(connection: PGconn, result: PGresult) -> PGresult:
    """:raises psycopg.Error: the result is one."""
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    error = error_from_result(result)
    if connection.status == ConnStatus.BAD:  # of which PostgreSQL cannot tell itself
        raise psycopg.OperationalError(str(error)) from error
    raise error
