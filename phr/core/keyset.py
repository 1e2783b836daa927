"""Places in a list that is newest first: the next page starts after a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, and which way to read from there."""

    forwards: bool
    time: datetime
    id: UUID


def newest_first(
    rows: Rows, field: str, cursor: Cursor | None, tie: str = "id"
) -> Rows:
    """Put rows in the order of their pages, from a cursor on in its direction.

    :param field: the time column.
    :param tie: the column of the id, which breaks ties.
    """
    if cursor is not None:
        rows = rows.filter(beyond(field, cursor, tie))
    return in_order(rows, field, cursor, tie)


def in_order(rows: Rows, field: str, cursor: Cursor | None, tie: str = "id") -> Rows:
    """Put rows in the order in which a page is read in the cursor's direction."""
    sign = "-" if cursor is None or cursor.forwards else ""
    return rows.order_by(f"{sign}{field}", f"{sign}{tie}")


def beyond(field: str, cursor: Cursor, tie: str = "id") -> Q:
    """The rows on the far side of a cursor, in words that an index can follow."""
    way = "lt" if cursor.forwards else "gt"
    return Q(**{f"{field}__{way}e": cursor.time}) & (
        Q(**{f"{field}__{way}": cursor.time}) | Q(**{f"{tie}__{way}": cursor.id})
    )
