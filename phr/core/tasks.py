"""Celery's ways into the outbox."""

import time
from uuid import UUID

import structlog
from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone

from phr.core import (
    heartbeat,
    idempotency,
    outbox,
    outbox_queue,
    rate_limit_fallback,
    wakeups,
)
from phr.core.queues import OF_MAILS, Queue

log = structlog.get_logger(__name__)

# More than 500 a second at one replay every 15 seconds.
MOST_EVENTS_PER_REPLAY = 10_000
EVENTS_AT_ONCE = 1_000
SECONDS_IN_A_TASK = 5
# Few: the next task waits for them. Each is taken and put down in one statement.
MOST_TAKEN_AT_ONCE = 10
# More than 500 a second at one purge an hour.
MOST_BATCHES_PER_PURGE = 2_000


@shared_task(acks_late=True)
def deliver_next(*, queue: str, events: int, **_future: object) -> None:
    """Deliver so many events of a queue, those whose turn it is.

    What is left after `SECONDS_IN_A_TASK` is queued again, so that this worker's other
    queues get their turn.
    """
    chosen, ends = Queue(queue), time.monotonic() + SECONDS_IN_A_TASK
    at_once = 1 if chosen in OF_MAILS else MOST_TAKEN_AT_ONCE
    while True:
        at_most = min(events, at_once)
        taken = outbox_queue.take(chosen, now=timezone.now(), at_most=at_most)
        for event in taken:
            deliver_for_request(event.event_id, event.request_id)
        events -= at_most
        if len(taken) < at_most or events <= 0:
            return
        if time.monotonic() >= ends:
            break
    wakeups.send(chosen, events)


def deliver_for_request(event_id: UUID, request_id: str) -> None:
    """Deliver one event, its lines in the log under the request that caused it."""
    bound = {"request_id": request_id} if request_id else {}
    with structlog.contextvars.bound_contextvars(**bound):
        deliver_event(event_id=str(event_id))


@shared_task(acks_late=True)
def deliver_events(*, caused_by: dict[str, str], **_future: object) -> None:
    """As servers before events had turns asked for them: by ids of events."""
    for event_id, request_id in caused_by.items():
        deliver_for_request(UUID(event_id), request_id)


@shared_task(acks_late=True)
def deliver_event(*, event_id: str, **_future: object) -> None:
    """Deliver one event; a second run finds nothing to do.

    A failure is noted in the row, from which `replay_outbox` takes it up again.
    """
    try:
        outbox.deliver(UUID(event_id), now=timezone.now())
    except Exception as error:
        outbox.note_failure(UUID(event_id), error, now=timezone.now())
        log.exception("event_not_delivered", event_id=event_id)


@shared_task
def replay_outbox(**_future: object) -> int:
    """Queue every event that is due: its wakeup was lost, or its handler failed."""
    queued = 0
    while queued < MOST_EVENTS_PER_REPLAY:
        due = outbox_queue.put_due_in_line(now=timezone.now(), at_most=EVENTS_AT_ONCE)
        wakeups.send_each(due)
        queued += due.total()
        if due.total() < EVENTS_AT_ONCE:
            break
    return queued


@shared_task
def purge_delivered_events(**_future: object) -> int:
    """Purge what was delivered long enough ago; what is left is for the next run.

    :returns: how many events are gone.
    """
    before, gone = timezone.now() - settings.RETAIN_EVENTS, 0
    for _ in range(MOST_BATCHES_PER_PURGE):
        purged = outbox.purge_delivered(before=before, at_most=EVENTS_AT_ONCE)
        gone += purged
        if purged < EVENTS_AT_ONCE:
            break
    return gone


@shared_task
def forget_ended_counts(**_future: object) -> int:
    """Remove expired counts from the database."""
    return rate_limit_fallback.forget_ended()


@shared_task
def forget_idempotency_keys(**_future: object) -> None:
    """Remove the keys of requests, and the answers to them, after their day."""
    idempotency.forget_expired()


@shared_task
def answer_doctor(*, token: str, queue: str, **_future: object) -> None:
    """Say that a task went through a worker, to `manage.py doctor`, which waits."""
    heartbeat.answer(token, queue)


def reach_broker() -> None:
    """:raises OperationalError: the broker does not answer (kombu's error)."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
