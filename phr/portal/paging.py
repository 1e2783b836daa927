"""Pages of lists: "older" and "newer" by a place that stands in the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from phr.core.keyset_pagination import Cursor, Page
from phr.interfaces.cursors import UnknownCursor, decode, encode

PAGE_SIZE = 20
Fetch = Callable[[Cursor | None, int], Page[Any]]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, and where the two beside it are.

    :param older: the query of the address of the next page, or "".
    :param newer: that of the page before, or "".
    """

    rows: list[Any]
    older: str
    newer: str


def read_list_page(
    request: HttpRequest, fetch: Fetch, time_field: str, *, size: int = PAGE_SIZE
) -> ListPage:
    """The page that an address names.

    :param fetch: a service that lists something, but for the place and the size.
    :param time_field: the column that the list is in the order of.
    :raises Http404: the place is none that we have named.
    """
    text = request.GET.get("cursor")
    try:
        cursor = decode(text) if text else None
    except UnknownCursor as error:
        raise Http404 from error
    page = fetch(cursor, size)
    forwards = cursor is None or cursor.forwards
    has_older = page.has_more if forwards else True
    has_newer = cursor is not None if forwards else page.has_more

    def query(row: Any, *, older: bool) -> str:
        place = Cursor(older, getattr(row, time_field), row.id)
        values = request.GET.copy()
        values["cursor"] = encode(place)
        return f"?{values.urlencode()}"

    return ListPage(
        page.rows,
        older=query(page.rows[-1], older=True) if page.rows and has_older else "",
        newer=query(page.rows[0], older=False) if page.rows and has_newer else "",
    )
