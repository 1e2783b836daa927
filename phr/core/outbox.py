"""The outbox: events that were stored are delivered, tried again, and purged."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from phr.core.events import (
    FIRST_RETRY,
    Later,
    SubjectErased,
    UnknownEvent,
    handlers,
    types_by_kind,
)
from phr.core.metrics import OUTBOX_ATTEMPTS
from phr.core.models import OutboxEvent

MOST_COUNTED = 1_000
LONGEST_RETRY = timedelta(hours=1)
PUT_OFF = "put off"  # where staff see the kind of the last error
HELD = "held"  # in the same place
HELD_UNTIL = datetime(9999, 1, 1, tzinfo=UTC)
NOTED = ("attempts", "last_error", "turn", "updated_at")


def deliver(event_id: UUID, *, now: datetime) -> bool:
    """Run every handler of one event, all or none.

    :returns: whether this call delivered it; False if it was delivered already, is in
        another worker's hands, or waits for a later time.
    """
    try:
        is_delivered = deliver_now(event_id, now)
    except Later as later:
        put_off(event_id, later.at)
        OUTBOX_ATTEMPTS.labels("put_off").inc()
        return False
    if is_delivered:
        OUTBOX_ATTEMPTS.labels("delivered").inc()
    return is_delivered


def deliver_now(event_id: UUID, now: datetime) -> bool:
    """:raises Later: a handler has to wait.
    :raises UnknownEvent: this release knows no such event.
    """
    with transaction.atomic():
        event = (
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(pk=event_id, delivered_at=None)
            .first()
        )
        if event is None:
            return False
        run_handlers(event)
        event.delivered_at, event.last_error, event.turn = now, "", None
        event.attempts += 1
        event.save(update_fields=[*NOTED, "delivered_at"])
    return True


def run_handlers(row: OutboxEvent) -> None:
    """:raises UnknownEvent: this release knows no such event."""
    event_type = types_by_kind.get(row.kind)
    if event_type is None:
        raise UnknownEvent
    event = event_type.stored_in(row)
    for handle in handlers[event_type]:
        with suppress(SubjectErased):
            handle(event, row)


def put_off(event_id: UUID, at: datetime) -> None:
    """Have an event wait in no line until then."""
    waiting = OutboxEvent.objects.filter(pk=event_id, delivered_at=None)
    waiting.update(
        next_attempt_at=at, turn=None, last_error=PUT_OFF, updated_at=timezone.now()
    )


def note_failure(event_id: UUID, error: Exception, *, now: datetime) -> None:
    """Remember why an event could not be delivered and when to try again.

    Only the kind of error is kept: a message may quote what is in the row. An event
    that another worker has delivered meanwhile stays as it is.
    """
    OUTBOX_ATTEMPTS.labels("failed").inc()
    with transaction.atomic():
        undelivered = OutboxEvent.objects.select_for_update().filter(delivered_at=None)
        event = undelivered.filter(pk=event_id).first()
        if event is None:
            return
        event.attempts += 1
        wait = FIRST_RETRY * 2 ** min(event.attempts, 10)
        event.next_attempt_at = now + min(wait, LONGEST_RETRY)
        event.last_error = f"{type(error).__module__}.{type(error).__qualname__}"[:200]
        event.turn = None
        event.save(update_fields=[*NOTED, "next_attempt_at"])


def have_waited_since(then: datetime) -> bool:
    """Whether an event has waited since before then, and nobody has seen to it.

    No worker has tried it, or it should be tried again and no beat has asked for that.
    """
    is_untried = Q(created_at__lt=then, attempts=0) & ~Q(last_error=PUT_OFF)
    waiting = OutboxEvent.objects.filter(delivered_at=None)
    return waiting.filter(is_untried | Q(next_attempt_at__lt=then)).exists()


@dataclass(frozen=True, slots=True)
class WaitingEvents:
    """How many events are undelivered, counted up to `MOST_COUNTED`.

    :param failing: those that have failed before.
    """

    all: int
    failing: int


def count_waiting() -> WaitingEvents:
    """Count what is to be delivered yet."""
    waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("next_attempt_at")
    attempts = list(waiting.values_list("attempts", flat=True)[:MOST_COUNTED])
    return WaitingEvents(len(attempts), sum(1 for times in attempts if times))


def make_due(waiting: QuerySet[OutboxEvent], *, now: datetime) -> int:
    """Make these events due now, also the ones that would be tried again later.

    :returns: how many that are.
    """
    undelivered = waiting.filter(delivered_at=None)
    return undelivered.update(next_attempt_at=now, updated_at=now)


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
    """Have every event that waits now wait until a person decides: `release_held`, or
    `drop_held`.

    They count as tried, so that nobody takes them for forgotten.

    :returns: how many are held.
    """
    return OutboxEvent.objects.filter(delivered_at=None).update(
        next_attempt_at=HELD_UNTIL,
        turn=None,
        last_error=HELD,
        attempts=Greatest("attempts", 1),
        updated_at=at,
    )


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
    return held().update(delivered_at=now, updated_at=now)
