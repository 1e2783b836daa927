"""Celery's ways into the outbox."""

import time
from collections.abc import Sequence
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
from phr.core.outbox_queue import Taken
from phr.core.queues import OF_MAILS, Queue

log = structlog.get_logger(__name__)

# More than 500 a second at one replay every 15 seconds.
MOST_EVENTS_PER_REPLAY = 10_000
EVENTS_AT_ONCE = 1_000
SECONDS_IN_A_TASK = 5
# What a batch costs is by then a small part of what its events cost; the next task, and
# who comes into the line meanwhile, wait for it (ADR 93).
MOST_IN_A_BATCH = 100
# More than 500 a second at one purge an hour.
MOST_BATCHES_PER_PURGE = 2_000


@shared_task(acks_late=True)
def deliver_next(*, queue: str, events: int, **_future: object) -> None:
    """Deliver at least so many events of a queue, those whose turn it is.

    A batch takes more if they wait: then a later message finds fewer. What is left
    after `SECONDS_IN_A_TASK` is queued again, so that this worker's other queues get
    their turn.
    """
    chosen, ends = Queue(queue), time.monotonic() + SECONDS_IN_A_TASK
    at_most = 1 if chosen in OF_MAILS else MOST_IN_A_BATCH
    while events > 0:
        taken = outbox_queue.take(chosen, now=timezone.now(), at_most=at_most)
        if not taken:
            return
        deliver_taken(taken)
        events -= len(taken)
        if time.monotonic() >= ends:
            break
    if events > 0:
        wakeups.send(chosen, events)


def deliver_taken(taken: Sequence[Taken]) -> None:
    """Deliver events together; those that fail are halved until what fails is alone.

    Its failure is noted in its row, from which `replay_outbox` takes it up again, and
    logged under the request that caused it.
    """
    if len(taken) == 1:
        deliver_alone(*taken)
        return
    try:
        outbox.deliver([each.event_id for each in taken], now=timezone.now())
    except Exception as error:  # noqa: BLE001 - what fails is found, and noted
        kind = type(error).__qualname__
        log.warning("batch_not_delivered", events=len(taken), error=kind)
        middle = len(taken) // 2
        deliver_taken(taken[:middle])
        deliver_taken(taken[middle:])


def deliver_alone(taken: Taken) -> None:
    bound = {"request_id": taken.request_id} if taken.request_id else {}
    with structlog.contextvars.bound_contextvars(**bound):
        try:
            outbox.deliver([taken.event_id], now=timezone.now())
        except Exception as error:
            outbox.note_failure(taken.event_id, error, now=timezone.now())
            log.exception("event_not_delivered", event_id=str(taken.event_id))


@shared_task(acks_late=True)
def deliver_events(*, caused_by: dict[str, str], **_future: object) -> None:
    """As servers before events had turns asked for them: by ids of events."""
    for event_id, request_id in caused_by.items():
        deliver_alone(Taken(0, UUID(event_id), request_id))


@shared_task(acks_late=True)
def deliver_event(*, event_id: str, **_future: object) -> None:
    """Deliver one event; a second run finds nothing to do."""
    deliver_alone(Taken(0, UUID(event_id), ""))


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
