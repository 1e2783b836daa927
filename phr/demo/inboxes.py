"""What the people of the demo were told: real events through the real handlers."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.core import events
from phr.core.models import OutboxEvent
from phr.demo.ids import demo_id
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification

# Inboxes hold the last months of records and comments, and all of the grants.
TOLD_SINCE = datetime(2026, 6, 1, tzinfo=UTC)
READ_BEFORE = datetime(2026, 10, 1, tzinfo=UTC)
DELIVERED_AFTER = timedelta(seconds=1)
READ_AFTER = timedelta(hours=3)


def fill_inboxes(
    grants: Iterable[CareGrant],
    records: Iterable[HealthRecord],
    comments: Iterable[DoctorComment],
) -> None:
    """Store the events of these rows and deliver them, as if at the time."""
    told = [event for grant in grants for event in events_of_grant(grant)]
    told += [
        new_event(
            "health_records.record_created", record.created_at, record_id=record.pk
        )
        for record in records
        if record.created_at >= TOLD_SINCE
    ]
    told += [
        new_event(
            "health_records.comment_added", comment.created_at, comment_id=comment.pk
        )
        for comment in comments
        if comment.created_at >= TOLD_SINCE
    ]
    OutboxEvent.objects.bulk_create(told)
    for event in told:
        events.deliver(event.pk, now=event.created_at + DELIVERED_AFTER)
    OutboxEvent.objects.update(updated_at=F("delivered_at"))
    date_back_notifications()


def events_of_grant(grant: CareGrant) -> Iterator[OutboxEvent]:
    if grant.status in (GrantStatus.PENDING, GrantStatus.DECLINED):
        yield new_event("care.access_requested", grant.created_at, grant_id=grant.pk)
        return
    yield new_event("care.doctor_assigned", grant.created_at, grant_id=grant.pk)
    if grant.ended_at is not None:
        yield new_event("care.grant_ended", grant.ended_at, grant_id=grant.pk)


def new_event(kind: str, at: datetime, **ids: UUID) -> OutboxEvent:
    payload = {name: str(value) for name, value in ids.items()}
    return OutboxEvent(
        id=demo_id(f"event {kind} {payload}", at),
        created_at=at,
        kind=kind,
        payload=payload,
        next_attempt_at=at,
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
