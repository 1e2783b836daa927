"""What PostgreSQL has spent most time on, with routes, plans and indexes."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis
from django.db import DatabaseError, connection, transaction

from phr.core.postgres.statement_routes import routes_of
from phr.core.postgres.statement_tally import without_values

EXTENSION = "pg_stat_statements"
HOW_TO_HAVE_IT = (
    "The extension pg_stat_statements is {what}. 1. In postgresql.conf: "
    "shared_preload_libraries = 'pg_stat_statements', then restart PostgreSQL. 2. In "
    "this database, as a superuser: CREATE EXTENSION pg_stat_statements. 3. So that "
    "this role sees the statements of others: GRANT pg_read_all_stats TO {role}."
)
ORDERS = {
    "total": "total_exec_time",
    "mean": "mean_exec_time",
    "calls": "calls",
    "rows": "rows",
}
# Of other commands PostgreSQL keeps the whole text, a password in ALTER ROLE included.
WORST = """
    SELECT query, calls, total_exec_time, mean_exec_time, rows::float8 / calls
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND calls > 0
        AND query ~* '^[(\\s]*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\\M'
        AND query !~* 'pg_stat_|pg_catalog|EXPLAIN'
    ORDER BY {order} DESC LIMIT %s
"""
NUMBER_OF_VALUES = """
    SELECT coalesce(array_length(parameter_types, 1), 0)
    FROM pg_prepared_statements WHERE name = %s
"""


class NotThere(Exception):
    """PostgreSQL does not count statements; says how it is made to."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How PostgreSQL would run a statement whose values it does not know.

    :param steps: from the outermost, such as "Limit > Index Scan".
    :param whole: the tables that are read whole.
    """

    steps: str
    indexes: list[str]
    whole: list[str]


@dataclass(frozen=True, slots=True)
class Query:
    """One form of statement and what it has cost.

    :param total: of all calls, in milliseconds, as `mean`.
    :param rows: of one call.
    :param routes: routes and tasks that have sent it in the last week.
    :param plan: None if PostgreSQL cannot plan it without its values.
    """

    statement: str
    calls: int
    total: float
    mean: float
    rows: float
    routes: list[str]
    plan: Plan | None


def worst_queries(*, most: int, order: str) -> Iterator[Query]:
    """The statements that cost most, worst first.

    :param order: one of `ORDERS`.
    :raises NotThere: PostgreSQL does not count statements.
    """
    see_that_it_is_there()
    with connection.cursor() as cursor:
        cursor.execute(WORST.format(order=ORDERS[order]), [most])
        found = cursor.fetchall()
    for text, calls, total, mean, rows in found:
        yield Query(
            statement=without_values(text),
            calls=calls,
            total=total,
            mean=mean,
            rows=rows,
            routes=routes_if_known(text),
            plan=plan_of(text),
        )


def see_that_it_is_there() -> None:
    """:raises NotThere: it is not installed, not loaded, or not to be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = %s), current_user",
            [EXTENSION],
        )
        is_installed, role = cursor.fetchone()
    if not is_installed:
        raise NotThere(HOW_TO_HAVE_IT.format(what="missing", role=role))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_stat_statements LIMIT 1")
    except DatabaseError:
        what = "installed, but not loaded"
        raise NotThere(HOW_TO_HAVE_IT.format(what=what, role=role)) from None


def routes_if_known(text: str) -> list[str]:
    try:
        return routes_of(text)
    except redis.RedisError:
        return []


def plan_of(text: str) -> Plan | None:
    """Plan a statement without running it, as a prepared one, whatever its values."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            # A name of its own: one that could not be explained stays prepared.
            name = f"explained_{secrets.token_hex(8)}"
            cursor.execute(f"PREPARE {name} AS {text}")
            cursor.execute(NUMBER_OF_VALUES, [name])
            (values,) = cursor.fetchone()
            nulls = f"({', '.join(['NULL'] * values)})" if values else ""
            cursor.execute(f"EXPLAIN (FORMAT JSON) EXECUTE {name}{nulls}")
            (answer,) = cursor.fetchone()
            cursor.execute(f"DEALLOCATE {name}")
    except DatabaseError:  # it cannot tell of what type a value is, above all
        return None
    tree = json.loads(answer) if isinstance(answer, str) else answer
    nodes = list(nodes_in(tree[0]["Plan"]))
    return Plan(
        steps=" > ".join(str(node["Node Type"]) for node in nodes),
        indexes=sorted(
            {str(node["Index Name"]) for node in nodes if "Index Name" in node}
        ),
        whole=sorted(
            {
                str(node["Relation Name"])
                for node in nodes
                if node["Node Type"] == "Seq Scan"
            }
        ),
    )


def nodes_in(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes_in(child)
