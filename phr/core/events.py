"""Domain events: stored with the change, delivered after it, at least once.

An event is a frozen dataclass on `Event`, in the `events.py` of the app that emits it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from phr.core import outbox_queue, wakeups
from phr.core.models import OutboxEvent
from phr.core.queues import Queue

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
DELIVERED_STAY = timedelta(days=7)
PUT_OFF = "put off"  # where staff see the kind of the last error
MOST_OF_A_REQUEST_ID = 64
NOTED = ("attempts", "last_error", "turn", "updated_at")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; its fields are ids, and nothing else.

    A class without a `kind` is the common part of others, and never emitted.

    :cvar kind: app.thing_happened, as it is stored; never changed.
    :cvar queue: where it waits.
    :cvar is_heard: whether a handler is subscribed to it; a test compares.
    :param by: in whose turn it is delivered: the user who caused it, or `NOBODY`.
    """

    kind: ClassVar[str]
    queue: ClassVar[Queue] = Queue.NOTIFICATIONS
    is_heard: ClassVar[bool] = True

    by: UUID

    def __init_subclass__(cls) -> None:
        kind = vars(cls).get("kind")
        if kind is None:
            return
        if kind in types_by_kind:
            raise TypeError(f"Two events are stored as {kind}.")
        types_by_kind[kind] = cls

    def payload(self) -> dict[str, str]:
        """What is stored of it, beside whose turn it is."""
        return {
            name: str(value)
            for name, value in vars(self).items()
            if name != "by" and value is not None
        }

    @classmethod
    def stored_in(cls, row: OutboxEvent) -> Self:
        """The event as it was emitted; what another release has added is left out.

        :raises TypeError: a field is missing that has no default.
        :raises ValueError: what is stored is no id.
        """
        names = {field.name for field in fields(cls)} - {"by"}
        known = names & row.payload.keys()
        return cls(by=row.owner_id, **{name: UUID(row.payload[name]) for name in known})


EventType = TypeVar("EventType", bound=Event)
# It gets the event, and the row that holds it: its id makes what it does unique.
Handler = Callable[[EventType, OutboxEvent], None]

types_by_kind: dict[str, type[Event]] = {}
handlers: defaultdict[type[Event], list[Handler[Any]]] = defaultdict(list)


class UnknownEvent(Exception):
    """No event of this release is stored as that: another release has to deliver it."""


class SubjectErased(Exception):
    """What an event is about is no longer there: nothing is left for a handler to do.

    A handler raises it before it has written anything; the event counts as delivered.
    """


class Later(Exception):
    """It is too early for what a handler has to do; nothing failed or was done."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


def subscribe(
    *event_types: type[EventType],
) -> Callable[[Handler[EventType]], Handler[EventType]]:
    """Have the decorated function called with each event of these types.

    It runs in the transaction that marks the event delivered, and may run again for
    the same event: its effect must be the same as if it had run once.

    :raises TypeError: one of them is never emitted.
    """

    def register(handle: Handler[EventType]) -> Handler[EventType]:
        for event_type in event_types:
            if event_type not in types_by_kind.values():
                raise TypeError(f"{event_type.__qualname__} is not stored as any kind.")
            handlers[event_type].append(handle)
        return handle

    return register


def emit(event: Event) -> OutboxEvent:
    """Store an event with the caller's change and deliver it after commit.

    With the broker down the row waits for `replay_outbox`; nothing is lost.

    :raises RuntimeError: there is no transaction that could hold both.
    """
    (row,) = emit_each([event])
    return row


def emit_each(
    events: Sequence[Event], *, queue: Queue | None = None
) -> list[OutboxEvent]:
    """Store events as `emit` would, in one statement.

    :param events: all of one type, and in the same person's turn.
    :param queue: where they wait, if not where their type does.
    :raises RuntimeError: there is no transaction that could hold both.
    :raises ValueError: they differ in type or turn.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("emit() must be called inside transaction.atomic()")
    if not events:
        return []
    first = events[0]
    if any(type(each) is not type(first) or each.by != first.by for each in events):
        raise ValueError("Events of several types or turns are not emitted together.")
    now, context = timezone.now(), structlog.contextvars.get_contextvars()
    common: dict[str, Any] = {
        "kind": first.kind,
        "queue": queue or first.queue,
        "owner_id": first.by,
        "request_id": str(context.get("request_id", ""))[:MOST_OF_A_REQUEST_ID],
        "created_at": now,
        "updated_at": now,
        "next_attempt_at": now + FIRST_RETRY,
    }
    rows = [OutboxEvent(payload=each.payload(), **common) for each in events]
    outbox_queue.store(rows)
    wakeup = partial(wakeups.wake_up, queue or first.queue, len(rows))
    transaction.on_commit(wakeup, robust=True)
    return rows


def deliver(event_id: UUID, *, now: datetime) -> bool:
    """Run every handler of one event, all or none.

    :returns: whether this call delivered it; False if it was delivered already, is in
        another worker's hands, or waits for a later time.
    """
    try:
        return deliver_now(event_id, now)
    except Later as later:
        put_off(event_id, later.at)
        return False


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
