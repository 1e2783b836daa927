"""Celery's ways into the outbox."""

from uuid import UUID

import structlog
from celery import current_app, shared_task
from django.utils import timezone

from phr.core import events
from phr.core.pokes import MOST_IN_A_MESSAGE, send

log = structlog.get_logger(__name__)

# More than 500 a second at one replay every 15 seconds.
MOST_EVENTS_PER_REPLAY = 10_000
EVENTS_AT_ONCE = 1_000
# More than 500 a second at one purge an hour.
MOST_BATCHES_PER_PURGE = 2_000


@shared_task(acks_late=True)
def deliver_events(*, caused_by: dict[str, str], **_future: object) -> None:
    """Deliver events, each by itself; a second run finds nothing to do.

    :param caused_by: ids of requests, or nothing, by ids of events.
    """
    for event_id, request_id in caused_by.items():
        if request_id:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                deliver_event(event_id=event_id)
        else:
            deliver_event(event_id=event_id)


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
    queued = 0
    while queued < MOST_EVENTS_PER_REPLAY:
        ids = events.take_due(now=timezone.now(), at_most=EVENTS_AT_ONCE)
        for start in range(0, len(ids), MOST_IN_A_MESSAGE):
            some = ids[start : start + MOST_IN_A_MESSAGE]
            send({str(event_id): "" for event_id in some})
        queued += len(ids)
        if len(ids) < EVENTS_AT_ONCE:
            break
    return queued


@shared_task
def purge_delivered_events(**_future: object) -> int:
    """Purge what was delivered long enough ago; what is left is for the next run.

    :returns: how many events are gone.
    """
    before, gone = timezone.now() - events.DELIVERED_STAY, 0
    for _ in range(MOST_BATCHES_PER_PURGE):
        purged = events.purge_delivered(before=before, at_most=EVENTS_AT_ONCE)
        gone += purged
        if purged < EVENTS_AT_ONCE:
            break
    return gone


def reach_broker() -> None:
    """:raises OperationalError: the broker does not answer (kombu's error)."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
