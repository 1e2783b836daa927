"""Domain events: stored with the change, delivered after it, at least once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from phr.core import pokes
from phr.core.models import OutboxEvent

Handler = Callable[[OutboxEvent], None]

STORE = """
INSERT INTO core_outboxevent (
  id, created_at, updated_at, kind, payload, attempts, next_attempt_at, last_error
)
SELECT id, %s::timestamptz, %s::timestamptz, %s, payload, 0, %s::timestamptz, ''
FROM json_to_recordset(%s::json) AS event (id uuid, payload jsonb)
"""

_handlers: dict[str, list[Handler]] = defaultdict(list)

FIRST_RETRY = timedelta(seconds=10)
REPLAY_AGAIN = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
DELIVERED_STAY = timedelta(days=7)


class Gone(Exception):
    """What an event is about is no longer there: nothing is left for a handler to do.

    A handler raises it before it has written anything; the event counts as delivered.
    """


def subscribe(kind: str) -> Callable[[Handler], Handler]:
    """Have the decorated function called with each event of this kind.

    It runs in the transaction that marks the event delivered, and may run again for
    the same event: its effect must be the same as if it had run once.
    """

    def register(handle: Handler) -> Handler:
        _handlers[kind].append(handle)
        return handle

    return register


def emit(kind: str, **ids: UUID) -> OutboxEvent:
    """Store an event with the caller's change and deliver it after commit.

    With the broker down the row waits for `replay_outbox`; nothing is lost.

    :param kind: app.thing_happened.
    :param ids: what it is about; ids only.
    :raises RuntimeError: there is no transaction that could hold both.
    """
    (event,) = emit_each(kind, [ids])
    return event


def emit_each(kind: str, each: Iterable[Mapping[str, UUID]]) -> list[OutboxEvent]:
    """Store an event for each of these, as `emit` would, in one statement.

    :param each: what the events are about; ids only.
    :raises RuntimeError: there is no transaction that could hold both.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("emit() must be called inside transaction.atomic()")
    now = timezone.now()
    emitted = [
        OutboxEvent(
            kind=kind,
            payload={name: str(value) for name, value in ids.items()},
            created_at=now,
            updated_at=now,
            next_attempt_at=now + FIRST_RETRY,
        )
        for ids in each
    ]
    if emitted:
        store(emitted)
    ids = [event.pk for event in emitted]
    transaction.on_commit(partial(poke_each, ids), robust=True)
    return emitted


def store(emitted: list[OutboxEvent]) -> None:
    """Insert events that were made together, without building the statement anew."""
    first = emitted[0]
    rows = [{"id": event.pk, "payload": event.payload} for event in emitted]
    common = (first.created_at, first.updated_at, first.kind, first.next_attempt_at)
    with connection.cursor() as cursor:
        cursor.execute(STORE, [*common, orjson.dumps(rows).decode()])


def poke_each(event_ids: Iterable[UUID]) -> None:
    """Ask workers to deliver these events now."""
    for event_id in event_ids:
        pokes.poke(event_id)


def deliver(event_id: UUID, *, now: datetime) -> bool:
    """Run every handler of one event, all or none.

    :returns: whether this call delivered it; False if it was delivered already or is
        in another worker's hands.
    """
    with transaction.atomic():
        event = (
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(pk=event_id, delivered_at=None)
            .first()
        )
        if event is None:
            return False
        for handle in _handlers[event.kind]:
            with suppress(Gone):
                handle(event)
        event.delivered_at, event.last_error = now, ""
        event.attempts += 1
        event.save(
            update_fields=["delivered_at", "last_error", "attempts", "updated_at"]
        )
    return True


def note_failure(event_id: UUID, error: Exception, *, now: datetime) -> None:
    """Remember why an event could not be delivered and when to try again.

    Only the kind of error is kept: a message may quote what is in the row. An event
    that another worker has delivered meanwhile stays as it is.
    """
    with transaction.atomic():
        undelivered = OutboxEvent.objects.select_for_update().filter(delivered_at=None)
        event = undelivered.filter(pk=event_id).first()
        if event is None:
            return
        event.attempts += 1
        wait = FIRST_RETRY * 2 ** min(event.attempts, 10)
        event.next_attempt_at = now + min(wait, LONGEST_RETRY)
        event.last_error = f"{type(error).__module__}.{type(error).__qualname__}"[:200]
        event.save(
            update_fields=["attempts", "next_attempt_at", "last_error", "updated_at"]
        )


def make_due(waiting: QuerySet[OutboxEvent], *, now: datetime) -> int:
    """Make these events due now, also the ones that would be tried again later.

    :returns: how many that are.
    """
    undelivered = waiting.filter(delivered_at=None)
    return undelivered.update(next_attempt_at=now, updated_at=now)


def take_due(*, now: datetime, at_most: int) -> list[UUID]:
    """Take events that should have been delivered by now, oldest first.

    Each is put off by `REPLAY_AGAIN`, so that a queue whose workers are down does not
    fill with copies of the same event at every beat.
    """
    due = OutboxEvent.objects.filter(delivered_at=None, next_attempt_at__lte=now)
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True).order_by("next_attempt_at")
        ids = list(locked.values_list("pk", flat=True)[:at_most])
        OutboxEvent.objects.filter(pk__in=ids).update(
            next_attempt_at=now + REPLAY_AGAIN, updated_at=now
        )
    return ids


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
