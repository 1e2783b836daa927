"""Reading one's inbox."""

from datetime import datetime
from uuid import UUID

from phr.accounts.models import User
from phr.core.errors import NotFound
from phr.notifications.models import Notification


def mark_read(*, actor: User, notification_id: UUID, at: datetime) -> None:
    """Mark one notification as read; the time of the first reading stays.

    :raises NotFound: no such notification, or not the actor's.
    """
    mine = Notification.objects.visible_to(actor).filter(pk=notification_id)
    changed = mine.unread().update(is_read=True, read_at=at, updated_at=at)
    if not changed and not mine.exists():
        raise NotFound


def mark_all_read(*, actor: User, at: datetime) -> int:
    """Mark everything in the actor's inbox as read and say how many that were."""
    unread = Notification.objects.visible_to(actor).unread()
    return unread.update(is_read=True, read_at=at, updated_at=at)
