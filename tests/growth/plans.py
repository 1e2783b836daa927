"""What PostgreSQL does for a request: its statements, explained, and what is wrong."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection

Plan = dict[str, Any]

BIG_TABLE = 1_000  # rows, from which on nobody may read all
ROWS_READ_FOR_ONE = 5  # how many rows of a table a row of the page may cost
ROWS_SORTED_FOR_ONE = 3
BLOCKS_FOR_ONE = 40
BLOCKS_FOR_NONE = 100
BLOCKS_READ_FOR_ONE = 8


class Statement(NamedTuple):
    sql: str
    parameters: Any


@contextmanager
def statements_seen() -> Iterator[list[Statement]]:
    """The reading statements that the block runs."""
    seen: list[Statement] = []

    def look(
        execute: Callable[..., Any], sql: str, parameters: Any, many: Any, context: Any
    ) -> Any:
        if sql.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
            seen.append(Statement(sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        yield seen


def faults_of(statement: Statement, *, page: int, read: int = 0) -> list[str]:
    """What of a statement grows with the tables.

    :param page: how many rows the page holds.
    :param read: how many rows the statement may read beyond that, for a reason.
    """
    plan = explain(statement)
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    faults = [
        fault
        for node in nodes_of(plan)
        for fault, rows in faults_of_node(node, page)
        if rows > read
    ]
    if blocks > BLOCKS_FOR_NONE + BLOCKS_FOR_ONE * page + BLOCKS_READ_FOR_ONE * read:
        faults.append(f"{blocks} blocks")
    return [f"{fault}, in: {statement.sql}" for fault in faults]


def faults_of_node(node: Plan, page: int) -> Iterator[tuple[str, float]]:
    """What is wrong with one step of a plan, each with the number of rows."""
    kind, rows = node["Node Type"], rows_through(node)
    table = node.get("Relation Name", node.get("Index Name", ""))
    if kind == "Seq Scan" and table in big_tables():
        yield f"all of {table} is read", rows
    if "Scan" in kind and rows > ROWS_READ_FOR_ONE * (page + 1):
        yield f"{rows:.0f} rows of {table} are read", rows
    if "Sort" in kind:
        rows = sum(map(rows_through, node["Plans"]))
        if rows > ROWS_SORTED_FOR_ONE * (page + 1):
            yield f"{rows:.0f} rows are sorted", rows


def rows_through(node: Plan) -> float:
    """How many rows a step has looked at, in all its turns."""
    looked_at = node["Actual Rows"] + sum(
        count for name, count in node.items() if name.startswith("Rows Removed by")
    )
    return float(looked_at * node["Actual Loops"])


def nodes_of(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)


def explain(statement: Statement) -> Plan:
    """Run a statement, and have PostgreSQL tell what it has done for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}",
            statement.parameters,
        )
        (found,) = cursor.fetchone()
    explained = json.loads(found) if isinstance(found, str) else found
    plan: Plan = explained[0]["Plan"]
    return plan


def big_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s",
            [BIG_TABLE],
        )
        return {name for (name,) in cursor.fetchall()}
