"""Domain events: stored with the change, delivered after it, at least once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from phr.core import outbox_queue, wakeups
from phr.core.models import NOBODY, OutboxEvent
from phr.core.queues import Queue

Handler = Callable[[OutboxEvent], None]

_handlers: dict[str, list[Handler]] = defaultdict(list)
_queues: dict[str, Queue] = {}

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
DELIVERED_STAY = timedelta(days=7)
PUT_OFF = "put off"  # where staff see the kind of the last error
MOST_OF_A_REQUEST_ID = 64
NOTED = ("attempts", "last_error", "turn", "updated_at")


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
    kind: str, queue: Queue = Queue.NOTIFICATIONS
) -> Callable[[Handler], Handler]:
    """Have the decorated function called with each event of this kind.

    It runs in the transaction that marks the event delivered, and may run again for
    the same event: its effect must be the same as if it had run once.

    :param queue: where the events of this kind wait.
    """

    def register(handle: Handler) -> Handler:
        _handlers[kind].append(handle)
        _queues[kind] = queue
        return handle

    return register


def emit(kind: str, *, by: UUID | None = None, **ids: UUID) -> OutboxEvent:
    """Store an event with the caller's change and deliver it after commit.

    With the broker down the row waits for `replay_outbox`; nothing is lost.

    :param kind: app.thing_happened.
    :param by: whose turn it takes: the user who caused it; else the one it is about.
    :param ids: what it is about; ids only.
    :raises RuntimeError: there is no transaction that could hold both.
    """
    (event,) = emit_each(kind, [ids], by=by or ids.get("user_id"))
    return event


def emit_each(
    kind: str,
    each: Iterable[Mapping[str, UUID]],
    *,
    by: UUID | None = None,
    queue: Queue | None = None,
) -> list[OutboxEvent]:
    """Store an event for each of these, as `emit` would, in one statement.

    :param each: what the events are about; ids only.
    :param queue: where they wait, if not where their kind does.
    :raises RuntimeError: there is no transaction that could hold both.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("emit() must be called inside transaction.atomic()")
    now, context = timezone.now(), structlog.contextvars.get_contextvars()
    waits = queue or _queues.get(kind, Queue.NOTIFICATIONS)
    common = {
        "queue": waits,
        "owner_id": by or NOBODY,
        "request_id": str(context.get("request_id", ""))[:MOST_OF_A_REQUEST_ID],
        "created_at": now,
        "updated_at": now,
        "next_attempt_at": now + FIRST_RETRY,
    }
    payloads = [{name: str(value) for name, value in ids.items()} for ids in each]
    emitted = [OutboxEvent(kind=kind, payload=ids, **common) for ids in payloads]
    if emitted:
        outbox_queue.store(emitted)
        wakeup = partial(wakeups.wake_up, waits, len(emitted))
        transaction.on_commit(wakeup, robust=True)
    return emitted


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
    """:raises Later: a handler has to wait."""
    with transaction.atomic():
        event = (
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(pk=event_id, delivered_at=None)
            .first()
        )
        if event is None:
            return False
        for handle in _handlers[event.kind]:
            with suppress(SubjectErased):
                handle(event)
        event.delivered_at, event.last_error, event.turn = now, "", None
        event.attempts += 1
        event.save(update_fields=[*NOTED, "delivered_at"])
    return True


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
