"""Domain events: stored with the change, delivered after it, at least once.

An event is a frozen dataclass on `Event`, in the `events.py` of the app that emits it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from phr.core import outbox_queue, wakeups
from phr.core.models import OutboxEvent
from phr.core.outbox_queue import FIRST_RETRY
from phr.core.queues import Queue

MOST_OF_A_REQUEST_ID = 64


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
Event_co = TypeVar("Event_co", bound=Event, covariant=True)


@dataclass(slots=True)
class Delivery(Generic[Event_co]):
    """An event that is being delivered.

    :param row: where it is stored; its id makes what a handler does unique.
    :param put_off_until: set by a handler that has to wait, and has done nothing. The
        event is not delivered then, and tried again at that time.
    """

    event: Event_co
    row: OutboxEvent
    put_off_until: datetime | None = None


# It gets all events of its types that are delivered together, in one transaction.
Handler = Callable[[Sequence[Delivery[EventType]]], None]
Listener = TypeVar("Listener")

types_by_kind: dict[str, type[Event]] = {}
handlers: defaultdict[type[Event], list[Handler[Any]]] = defaultdict(list)


class UnknownEvent(Exception):
    """No event of this release is stored as that: another release has to deliver it."""


def subscribe(
    *event_types: type[EventType],
) -> Callable[[Handler[EventType]], Handler[EventType]]:
    """Have the decorated function called with the events of these types.

    It gets those that are delivered together, and takes as many statements for a
    hundred as for two. It runs in the transaction that marks them delivered, and may
    run again for the same event: its effect must be the same as if it had run once.
    What an event is about may be gone by then; there is nothing to do for it then.

    :raises TypeError: one of them is never emitted.
    """

    def register(handle: Handler[EventType]) -> Handler[EventType]:
        for event_type in event_types:
            if event_type not in types_by_kind.values():
                raise TypeError(f"{event_type.__qualname__} is not stored as any kind.")
            handlers[event_type].append(handle)
        return handle

    return register


def by_listener(
    deliveries: Iterable[Delivery[Any]],
    listeners: Mapping[type[Event], Iterable[Listener]],
) -> dict[Listener, list[Delivery[Any]]]:
    """What each has to hear of, in the order in which it came."""
    heard: defaultdict[Listener, list[Delivery[Any]]] = defaultdict(list)
    for delivery in deliveries:
        for listener in listeners.get(type(delivery.event), ()):
            heard[listener].append(delivery)
    return heard


def emit(event: Event) -> OutboxEvent:
    """Store an event with the caller's change and deliver it after commit.

    With the broker down the row waits for `replay_outbox`; nothing is lost.

    :raises RuntimeError: there is no transaction that could hold both.
    """
    (row,) = emit_each([event])
    return row


def emit_each(
    events: Sequence[Event],
    *,
    queue: Queue | None = None,
    caused_by: Sequence[OutboxEvent | None] = (),
) -> list[OutboxEvent]:
    """Store events as `emit` would, in one statement.

    :param events: all of one type.
    :param queue: where they wait, if not where their type does.
    :param caused_by: the event, if any, that each follows from, and whose request it
        is logged under; otherwise it is the present one.
    :raises RuntimeError: there is no transaction that could hold both.
    :raises ValueError: they differ in type.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("emit() must be called inside transaction.atomic()")
    if not events:
        return []
    first = events[0]
    if any(type(each) is not type(first) for each in events):
        raise ValueError("Events of several types are not emitted together.")
    now, present = timezone.now(), present_request()
    common: dict[str, Any] = {
        "kind": first.kind,
        "queue": queue or first.queue,
        "created_at": now,
        "updated_at": now,
        "next_attempt_at": now + FIRST_RETRY,
    }
    rows = [
        OutboxEvent(
            payload=event.payload(),
            owner_id=event.by,
            request_id=cause.request_id if cause else present,
            **common,
        )
        for event, cause in zip_longest(events, caused_by)
    ]
    outbox_queue.store(rows)
    wakeup = partial(wakeups.wake_up, queue or first.queue, len(rows))
    transaction.on_commit(wakeup, robust=True)
    return rows


def present_request() -> str:
    """The id of the request that is being answered, if any."""
    context = structlog.contextvars.get_contextvars()
    return str(context.get("request_id", ""))[:MOST_OF_A_REQUEST_ID]
