"""What the people of the demo were told: real events through the real handlers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce

from demo.ids import demo_id
from demo.steps import Step
from phr.accounts.events import MailDue
from phr.accounts.models import Mail
from phr.core import events, outbox
from phr.core.models import NOBODY, OutboxEvent
from phr.notifications.models import Notification

# Inboxes hold the last months of records and comments, and all that is about care.
TOLD_SINCE = datetime(2026, 6, 1, tzinfo=UTC)
READ_BEFORE = datetime(2026, 10, 1, tzinfo=UTC)
DELIVERED_AFTER = timedelta(seconds=1)
READ_AFTER = timedelta(hours=3)


def fill_inboxes(changes: Iterable[Step]) -> None:
    """Store the events of these changes and deliver them, as if at the time."""
    told = [
        new_event(step)
        for step in sorted(changes, key=lambda step: step.at)
        if step.told and is_kept(step)
    ]
    OutboxEvent.objects.bulk_create(told)
    for event in told:
        outbox.deliver(event.pk, now=event.created_at + DELIVERED_AFTER)
    forget_mails()
    OutboxEvent.objects.update(updated_at=F("delivered_at"))
    date_back_notifications()


def forget_mails() -> None:
    """Nobody is mailed today about what happened long ago."""
    Mail.objects.all().delete()
    OutboxEvent.objects.filter(kind=MailDue.kind).delete()


def is_kept(step: Step) -> bool:
    return step.at >= TOLD_SINCE or step.action.startswith("care.")


def new_event(step: Step) -> OutboxEvent:
    """:raises KeyError: what was done is no event."""
    event = events.types_by_kind[step.action](by=NOBODY, **step.told)
    payload = event.payload()
    return OutboxEvent(
        id=demo_id(f"event {event.kind} {payload}", step.at),
        created_at=step.at,
        kind=event.kind,
        payload=payload,
        next_attempt_at=step.at,
    )


def date_back_notifications() -> None:
    """Give what the handlers have just written the ids and times of the demo."""
    told = list(Notification.objects.select_related("event", "recipient"))
    Notification.objects.all().delete()
    for notification in told:
        at = notification.event.created_at + DELIVERED_AFTER
        whose = notification.recipient.username
        notification.id = demo_id(f"told {whose} of {notification.event_id}", at)
        notification.created_at = at
        if at < READ_BEFORE:
            notification.is_read, notification.read_at = True, at + READ_AFTER
    Notification.objects.bulk_create(told)
    Notification.objects.update(updated_at=Coalesce("read_at", "created_at"))
