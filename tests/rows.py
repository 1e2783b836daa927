"""What stands in the database, to see that a refusal has changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from weakref import WeakSet

from django.apps import apps
from django.db import connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from phr.audit.models import AccessEntry, Outcome

# Of allauth's, those that keep addresses and factors.
OWN_APPS = (
    *("core", "accounts", "care", "health_records", "notifications"),
    *("account", "mfa", "archive", "erasure"),
)
prepared: WeakSet[Any] = WeakSet()  # connections that know the statement of all rows


def all_rows() -> dict[str, list[str]]:
    """Every row of our tables as text; of the ledger only what says that something was
    done."""
    rows: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        prepare(cursor)
        cursor.execute("EXECUTE every_row")
        for table, row in cursor.fetchall():
            rows.setdefault(table, []).append(row)
    return {table: sorted(found) for table, found in sorted(rows.items())}


def prepare(cursor: Any) -> None:
    """Have the statement planned once for each connection, not for each test."""
    if cursor.connection not in prepared:
        cursor.execute(SQL("PREPARE every_row AS ") + every_row())
        prepared.add(cursor.connection)


@cache
def every_row() -> Composed:
    """All tables in one statement: hundreds of tests ask before and after."""
    tables = [
        SQL("SELECT {label}, one::text FROM {table} one").format(
            label=Literal(model._meta.label), table=Identifier(model._meta.db_table)
        )
        for app in OWN_APPS
        for model in apps.get_app_config(app).get_models()
    ]
    done = SQL("SELECT {label}, one::text FROM {table} one WHERE outcome = {done}")
    ledger = done.format(
        label=Literal(AccessEntry._meta.label),
        table=Identifier(AccessEntry._meta.db_table),
        done=Literal(Outcome.ALLOWED.value),
    )
    return SQL(" UNION ALL ").join([*tables, ledger])


@contextmanager
def nothing_written() -> Iterator[None]:
    """See that the block leaves every row as it was."""
    before = all_rows()
    yield
    assert all_rows() == before
