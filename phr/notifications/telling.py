"""Putting lines into inboxes."""

from collections.abc import Iterable

from phr.accounts.models import User
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification, NotificationType


def tell(
    event: OutboxEvent,
    recipients: Iterable[User],
    notification_type: NotificationType,
    title: str,
    message: str,
) -> None:
    """Put one line in each inbox, unless this event has put one there before."""
    Notification.objects.bulk_create(
        [
            Notification(
                event=event,
                recipient=recipient,
                notification_type=notification_type,
                title=title,
                message=message,
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )
