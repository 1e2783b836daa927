"""The outbox: events are delivered, tried again, set aside at last, and purged."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from phr.core.events import (
    Delivery,
    UnknownEvent,
    by_listener,
    handlers,
    types_by_kind,
)
from phr.core.metrics import OUTBOX_ATTEMPTS
from phr.core.models import OutboxEvent
from phr.core.outbox_queue import FIRST_RETRY, LONGEST_RETRY

MOST_COUNTED = 1_000
PUT_OFF = "put off"  # where staff see the kind of the last error
HELD = "held"  # in the same place, of what a restore has set aside


def deliver(event_ids: Sequence[UUID], *, now: datetime) -> int:
    """Run every handler of these events in one transaction, all or none.

    Those that were delivered already, or are in another worker's hands, are left out.

    :param event_ids: in the order in which handlers are to hear of them.
    :returns: how many this call has delivered; those that are put off are not counted.
    :raises UnknownEvent: this release knows no such event as one of these.
    """
    with transaction.atomic():
        deliveries = [read(row) for row in lock_undelivered(event_ids)]
        run_handlers(deliveries)
        early = [each for each in deliveries if each.put_off_until]
        for each in early:
            put_off(each)
        mark_delivered([each.row.pk for each in deliveries if each not in early], now)
    delivered = len(deliveries) - len(early)
    OUTBOX_ATTEMPTS.labels("put_off").inc(len(early))
    OUTBOX_ATTEMPTS.labels("delivered").inc(delivered)
    return delivered


def lock_undelivered(event_ids: Sequence[UUID]) -> list[OutboxEvent]:
    """Those of these events that nobody has delivered, or delivers, in that order."""
    undelivered = OutboxEvent.objects.filter(pk__in=event_ids, delivered_at=None)
    locked = {row.pk: row for row in undelivered.select_for_update(skip_locked=True)}
    return [locked[event_id] for event_id in event_ids if event_id in locked]


def read(row: OutboxEvent) -> Delivery[Any]:
    """:raises UnknownEvent: this release knows no such event."""
    event_type = types_by_kind.get(row.kind)
    if event_type is None:
        raise UnknownEvent
    return Delivery(event_type.stored_in(row), row)


def run_handlers(deliveries: Sequence[Delivery[Any]]) -> None:
    """Call each handler once, with all that it has to hear of."""
    for handle, heard in by_listener(deliveries, handlers).items():
        handle(heard)


def mark_delivered(event_ids: Sequence[UUID], now: datetime) -> None:
    OutboxEvent.objects.filter(pk__in=event_ids).update(
        delivered_at=now,
        attempts=F("attempts") + 1,
        last_error="",
        set_aside_at=None,
        turn=None,
        # Of what had ended by then the handlers may have known, but not by `now`.
        updated_at=timezone.now(),
    )


def put_off(early: Delivery[Any]) -> None:
    """Have an event wait in no line until its time."""
    OutboxEvent.objects.filter(pk=early.row.pk).update(
        next_attempt_at=early.put_off_until,
        last_error=PUT_OFF,
        turn=None,
        updated_at=timezone.now(),
    )


def note_failure(event_id: UUID, error: Exception, *, now: datetime) -> None:
    """Remember why an event could not be delivered and when to try again.

    Only the kind of error is kept: a message may quote what is in the row. An event
    that another worker has delivered meanwhile stays as it is. One that has failed
    `EVENT_ATTEMPTS` times is set aside, until staff have it replayed.
    """
    OUTBOX_ATTEMPTS.labels("failed").inc()
    with transaction.atomic():
        undelivered = OutboxEvent.objects.select_for_update().filter(delivered_at=None)
        event = undelivered.filter(pk=event_id).first()
        if event is None:
            return
        event.attempts += 1
        event.next_attempt_at = now + wait_after(event.attempts)
        if event.attempts >= settings.EVENT_ATTEMPTS:
            event.set_aside_at = now
        event.last_error = f"{type(error).__module__}.{type(error).__qualname__}"[:200]
        event.turn = None
        event.save(
            update_fields=[
                "attempts",
                "last_error",
                "next_attempt_at",
                "set_aside_at",
                "turn",
                "updated_at",
            ]
        )


def wait_after(attempts: int) -> timedelta:
    """How long an event waits after so many attempts: about twice as long each time.

    Up to a quarter less, by chance: what has failed together, such as mails while
    their server was away, does not all come back at the same moment.
    """
    wait = min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_RETRY)
    return wait * random.uniform(0.75, 1)  # noqa: S311 - no secret  # nosec B311


def have_waited_since(then: datetime) -> bool:
    """Whether an event has waited since before then, and nobody has seen to it.

    No worker has tried it, or it should be tried again and no beat has asked for that.
    """
    is_untried = Q(created_at__lt=then, attempts=0, last_error="")
    waiting = OutboxEvent.objects.filter(delivered_at=None, set_aside_at=None)
    return waiting.filter(is_untried | Q(next_attempt_at__lt=then)).exists()


@dataclass(frozen=True, slots=True)
class WaitingEvents:
    """How many events are undelivered, counted up to `MOST_COUNTED`.

    :param failing: those of `all` that have failed before, and are tried again.
    :param set_aside: those beside `all` that are not.
    """

    all: int
    failing: int
    set_aside: int


def count_waiting() -> WaitingEvents:
    """Count what is to be delivered yet."""
    waiting = OutboxEvent.objects.filter(delivered_at=None, set_aside_at=None)
    oldest = waiting.order_by("next_attempt_at").values_list("attempts", flat=True)
    attempts = list(oldest[:MOST_COUNTED])
    failing = sum(1 for times in attempts if times)
    return WaitingEvents(len(attempts), failing, set_aside()[:MOST_COUNTED].count())


def set_aside() -> QuerySet[OutboxEvent]:
    """The events that have failed too often to be tried again by themselves."""
    return OutboxEvent.objects.filter(set_aside_at__isnull=False)


def make_due(waiting: QuerySet[OutboxEvent], *, now: datetime) -> int:
    """Make these events due now, also those of later, and those that are set aside.

    One that was set aside, and fails once more, is set aside again.

    :returns: how many that are.
    """
    undelivered = waiting.filter(delivered_at=None)
    return undelivered.update(next_attempt_at=now, set_aside_at=None, updated_at=now)


@transaction.atomic
def purge_delivered(*, before: datetime, at_most: int) -> int:
    """Remove events that were delivered before then, oldest first.

    What they caused keeps their ids, so that nothing is told twice; a task that comes
    late finds no event, and has nothing to do.

    :returns: how many are gone.
    """
    old = OutboxEvent.objects.filter(delivered_at__lt=before).order_by("delivered_at")
    locked = old.select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:at_most])
    gone, _ = OutboxEvent.objects.filter(pk__in=ids).delete()
    return gone


def hold_waiting(*, at: datetime) -> int:
    """Set every event aside that waits, until a person decides: `release_held`, or
    `drop_held`.

    :returns: how many are held.
    """
    waiting = OutboxEvent.objects.filter(delivered_at=None)
    return waiting.update(set_aside_at=at, turn=None, last_error=HELD, updated_at=at)


def held() -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(delivered_at=None, last_error=HELD)


def release_held(*, now: datetime) -> int:
    """Have what was held delivered after all.

    :returns: how many that are.
    """
    return make_due(held(), now=now)


def drop_held(*, now: datetime) -> int:
    """Have what was held never be delivered.

    :returns: how many that are.
    """
    return held().update(delivered_at=now, set_aside_at=None, updated_at=now)
