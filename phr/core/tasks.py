"""Celery's ways into the outbox."""

from uuid import UUID

import structlog
from celery import current_app, shared_task
from django.utils import timezone

from phr.core import events

log = structlog.get_logger(__name__)

MOST_EVENTS_PER_REPLAY = 1_000


@shared_task(acks_late=True)
def deliver_event(*, event_id: str, **_future: object) -> None:
    """Deliver one event; a second run finds nothing to do.

    A failure is noted in the row, from which `replay_outbox` takes it up again.
    """
    try:
        events.deliver(UUID(event_id), now=timezone.now())
    except Exception as error:
        events.note_failure(UUID(event_id), error, now=timezone.now())
        log.exception("event_not_delivered", event_id=event_id)


@shared_task
def replay_outbox(**_future: object) -> int:
    """Queue every event that is due: its poke was lost, or its handler failed."""
    ids = events.take_due(now=timezone.now(), at_most=MOST_EVENTS_PER_REPLAY)
    for event_id in ids:
        deliver_event.delay(event_id=str(event_id))
    return len(ids)


def reach_broker() -> None:
    """:raises OperationalError: the broker does not answer (kombu's error)."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
