"""How many statements an answer costs, counted by pg_stat_statements where it is."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import psycopg

from benchmarks.load import Request, ask_each

COUNTED = 5  # requests
COUNT = """
SELECT coalesce(sum(calls) FILTER (WHERE query !~* '^(begin|commit|rollback)'), 0),
       coalesce(sum(calls) FILTER (WHERE query ~* '^commit'), 0)
FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
WHERE rolname <> current_user
"""


class Statements(NamedTuple):
    """Of one request; commits that the server asks for apart."""

    statements: float
    commits: float


@contextlib.contextmanager
def counting() -> Iterator[psycopg.Connection | None]:
    """Switch the counting on; None where that is not ours to do."""
    url = os.environ.get("BENCH_SUPERUSER_URL")
    if not url:
        yield None
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        track(connection, "top")
        try:
            yield connection
        finally:
            track(connection, "none")


def track(connection: psycopg.Connection, what: str) -> None:
    connection.execute(f"ALTER SYSTEM SET pg_stat_statements.track = '{what}'")
    connection.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)  # until all backends have heard of it


def count(
    counter: psycopg.Connection | None, requests: Sequence[Request], port: int
) -> Statements | None:
    """Statements for one request, on average over the first few of these.

    What is done once for each connection does not count: the last few have done it.
    """
    if counter is None:
        return None
    ask_each(requests[-COUNTED:], port)
    counter.execute("SELECT pg_stat_statements_reset()")
    counted = requests[:COUNTED]
    ask_each(counted, port)
    found = counter.execute(COUNT).fetchone()
    assert found is not None
    statements, commits = (float(number) / len(counted) for number in found)
    return Statements(statements, commits)
