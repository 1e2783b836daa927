"""Pages of a list that is newest first: the next page starts after a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
Row = TypeVar("Row")
OneModel = TypeVar("OneModel", bound=Model)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, and which way to read from there."""

    forwards: bool
    time: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, the newest first, whichever way they were read.

    :param has_more: whether there are others behind them, in the way they were read.
    """

    rows: list[Row]
    has_more: bool


def read_page(
    fetch: Callable[[Cursor | None, int], list[Row]], cursor: Cursor | None, size: int
) -> Page[Row]:
    """Read one page, and whether there is another behind it.

    :param fetch: reads at most so many rows in the cursor's direction; without a
        cursor, forwards from the newest.
    :param size: how many rows at the most.
    """
    rows = fetch(cursor, size + 1)
    forwards = cursor is None or cursor.forwards
    shown = rows[:size] if forwards else rows[:size][::-1]
    return Page(shown, has_more=len(rows) > size)


def page_of(
    queryset: "QuerySet[OneModel]", field: str, cursor: Cursor | None, size: int
) -> Page[OneModel]:
    """One page of a queryset, in the order of a time column."""

    def fetch(cursor: Cursor | None, limit: int) -> list[OneModel]:
        return list(newest_first(queryset, field, cursor)[:limit])

    return read_page(fetch, cursor, size)


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
