"""Putting lines into inboxes."""

from collections.abc import Iterable
from dataclasses import dataclass

from phr.accounts.models import User
from phr.care.models import PatientProfile
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification, NotificationType


@dataclass(frozen=True, slots=True)
class Line:
    """What is put into inboxes.

    :param about: the patient of whom it speaks, even if it does not name them.
    """

    notification_type: NotificationType
    title: str
    message: str
    about: PatientProfile | None = None


def tell(event: OutboxEvent, recipients: Iterable[User], line: Line) -> None:
    """Put the line in each inbox, unless this event has put one there before."""
    Notification.objects.bulk_create(
        [
            Notification(
                event=event,
                recipient=recipient,
                notification_type=line.notification_type,
                title=line.title,
                message=line.message,
                about_patient=line.about,
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )
