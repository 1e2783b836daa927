"""Reading one's inbox."""

from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import transaction

from phr.accounts.models import User
from phr.core.compiled_pages import READER
from phr.core.compiled_queries import CompiledQuery
from phr.core.errors import NotFound
from phr.core.row_locks import lock_rows
from phr.notifications.models import Notification

MARKED_AT_ONCE = 1_000


def count_unread(reader: User, *, at_most: int = 100) -> int:
    """How many messages the reader has not read yet.

    :param at_most: what is counted no further than.
    """
    return int(unread_query(at_most).rows(reader=reader.pk)[0][0])


@cache
def unread_query(at_most: int) -> CompiledQuery:
    mine = Notification.objects.visible_to(User(id=READER)).unread()
    count = "SELECT count(*) FROM ({unread}) AS unread"
    unread = mine.order_by().values_list("pk")[:at_most]
    return CompiledQuery.joined(count, {"unread": unread}, {"reader": READER})


def mark_read(*, actor: User, notification_id: UUID, at: datetime) -> None:
    """Mark one notification as read; the time of the first reading stays.

    :raises NotFound: no such notification, or not the actor's.
    """
    mine = Notification.objects.visible_to(actor).filter(pk=notification_id)
    changed = mine.unread().update(is_read=True, read_at=at, updated_at=at)
    if not changed and not mine.exists():
        raise NotFound


def mark_all_read(*, actor: User, at: datetime) -> int:
    """Mark everything in the actor's inbox as read and say how many that were.

    Each batch is a transaction of its own: a full inbox keeps no row locked for long,
    and what was marked before a failure stays so. What arrives after `at` stays unread.
    """
    marked = 0
    while batch := mark_some_read(actor, at):
        marked += batch
    return marked


@transaction.atomic
def mark_some_read(actor: User, at: datetime) -> int:
    """Mark the newest few that are unread; of two at once the second marks others."""
    mine = Notification.objects.visible_to(actor).unread().filter(created_at__lte=at)
    locked = lock_rows(mine).order_by("-created_at", "-pk")
    ids = list(locked.values_list("pk", flat=True)[:MARKED_AT_ONCE])
    if not ids:
        return 0
    chosen = Notification.objects.filter(pk__in=ids)
    return chosen.update(is_read=True, read_at=at, updated_at=at)
