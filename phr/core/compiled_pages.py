"""Pages of a list by a statement that is compiled once, as rows and not as instances.

Whoever lists so has a named tuple, whose fields are the columns by the names of
`values_list()`; a cached function that builds the statement from a queryset of the
scopes, with what stands here in place of values; and one that reads rows by it.
"""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from phr.core.compiled_queries import CompiledQuery
from phr.core.keyset_pagination import Cursor

# What stands for the values while statements are built: who reads, and a place.
READER, ID = UUID(int=1), UUID(int=2)
TIME = datetime(1, 1, 1, tzinfo=UTC)
PLACE: dict[str, Any] = {"time": TIME, "id": ID}

Row = TypeVar("Row", bound=tuple[Any, ...])


def way_of(cursor: Cursor | None) -> bool | None:
    """The direction of a cursor, by which statements are cached; None without one."""
    return None if cursor is None else cursor.forwards


def stand_in_cursor(forwards: bool | None) -> Cursor | None:  # noqa: FBT001 - as above
    """The cursor of a statement that is being built."""
    return None if forwards is None else Cursor(forwards, TIME, ID)


def rows_of(
    make: type[Row],
    query: CompiledQuery,
    cursor: Cursor | None,
    *,
    using: str = DEFAULT_DB_ALIAS,
    **values: Any,
) -> list[Row]:
    """Read the rows behind a cursor, in its direction.

    :param make: the named tuple.
    :param using: the alias of the database.
    :param values: what goes into the other places of the statement, by name.
    """
    return [make(*row) for row in query.rows_from(using, values | place_of(cursor))]


def place_of(cursor: Cursor | None) -> dict[str, Any]:
    """What goes into the places of `PLACE`."""
    return {} if cursor is None else {"time": cursor.time, "id": cursor.id}
