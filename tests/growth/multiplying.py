"""Tens of thousands of rows in a second: one valid row, copied inside the database."""

from typing import Any

from django.db import connection
from django.db.models import Model


def copies(row: Model, count: int, **columns: str) -> None:
    """Insert so many copies of a saved row, numbered n from 1 on.

    :param columns: what differs, as SQL in which n is the number of the copy.
    """
    table, key = row._meta.db_table, row._meta.pk
    assert key is not None
    fixed = {key.column: "gen_random_uuid()"} | columns
    names = [field.column for field in row._meta.concrete_fields]
    assert fixed.keys() <= set(names), fixed.keys() - set(names)
    values = [fixed.get(name, f'one."{name}"').replace("%", "%%") for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    run(
        f'INSERT INTO "{table}" ({quoted}) SELECT {", ".join(values)}'
        f' FROM "{table}" AS one, generate_series(1, {count}) AS n'
        f' WHERE one."{key.column}" = %s',
        [row.pk],
    )


def id_of(kind: str, number: str = "n") -> str:
    """SQL for the id of the copy with this number."""
    return f"md5('{kind}' || ({number}))::uuid"


def ago(number: str = "n") -> str:
    """SQL for so many minutes ago."""
    return f"now() - ({number}) * interval '1 minute'"


def run(sql: str, parameters: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
