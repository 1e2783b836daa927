"""Rows into tables by COPY, the fastest way in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]


def check_columns(model: type[models.Model], known: Iterable[str]) -> None:
    """See that each column of a table is filled, also the ones that are new.

    :raises LookupError: names those that are not, or that are no more.
    """
    there = {str(field.column): field for field in model._meta.concrete_fields}
    wanted = {name for name, field in there.items() if not has_default(field)}
    if odd := (wanted - set(known)) | (set(known) - there.keys()):
        raise LookupError(f"{model._meta.label}: columns {', '.join(sorted(odd))}")


def has_default(field: Any) -> bool:
    """Whether the database fills the column by itself."""
    return bool(field.generated or field.has_db_default())


def statement(model: type[models.Model], columns: Iterable[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'


def copy_lines(
    model: type[models.Model], columns: Iterable[str], lines: Iterable[str]
) -> None:
    """Send lines in COPY's text format."""
    copying = statement(model, columns)
    with connection.cursor() as cursor, cursor.copy(copying) as sink:
        sink.write("".join(lines))


def copy_rows(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Send rows with a value for each column of the table.

    :raises LookupError: a column is missing.
    """
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return
    check_columns(model, first)
    copying = statement(model, first)
    with connection.cursor() as cursor, cursor.copy(copying) as sink:
        sink.write_row(list(first.values()))
        for row in waiting:
            sink.write_row(list(row.values()))
