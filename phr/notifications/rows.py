"""An inbox as it is read all day: rows instead of model instances."""

from datetime import datetime
from functools import cache, partial
from typing import NamedTuple
from uuid import UUID

from phr.accounts.models import User
from phr.core.compiled_pages import PLACE, READER, rows_of, stand_in_cursor, way_of
from phr.core.compiled_queries import CompiledQuery
from phr.core.keyset_pagination import Cursor, Page, newest_first, read_page
from phr.notifications.models import Notification


class NotificationRow(NamedTuple):
    """One line of an inbox; the names are those of `values_list()`."""

    id: UUID
    notification_type: str
    title: str
    message: str
    is_read: bool
    created_at: datetime
    about_patient_id: UUID | None


def list_notifications(
    reader: User,
    is_read: bool | None,  # noqa: FBT001 - bound by the view, before the place
    cursor: Cursor | None,
    size: int,
) -> Page[NotificationRow]:
    """One page of the reader's inbox, the newest first.

    :param is_read: only the read or the unread; None for both.
    :param size: how many at the most.
    """
    return read_page(partial(fetch_notifications, reader, is_read), cursor, size)


def fetch_notifications(
    reader: User,
    is_read: bool | None,  # noqa: FBT001 - as above
    cursor: Cursor | None,
    limit: int,
) -> list[NotificationRow]:
    """Lines of the reader's inbox, in the direction of the cursor.

    :param is_read: only the read or the unread; None for both.
    :param limit: how many at the most.
    """
    query = page_query(is_read, way_of(cursor), limit)
    return rows_of(NotificationRow, query, cursor, reader=reader.pk)


@cache
def page_query(
    is_read: bool | None,  # noqa: FBT001 - keys of the cache
    forwards: bool | None,  # noqa: FBT001 - None without a cursor
    limit: int,
) -> CompiledQuery:
    rows = Notification.objects.visible_to(User(id=READER))
    if is_read is not None:
        rows = rows.filter(is_read=is_read)
    cursor = stand_in_cursor(forwards)
    page = newest_first(rows, "created_at", cursor)[:limit]
    return CompiledQuery.of(
        page.values_list(*NotificationRow._fields),
        {"reader": READER} | (PLACE if cursor else {}),
    )
