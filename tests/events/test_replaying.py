"""What was not delivered in time is queued again, by one replay at a time."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from phr.core import outbox, outbox_queue
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.core.tasks import MOST_EVENTS_PER_REPLAY, replay_outbox
from tests.at_once import all_at_once
from tests.broker import events_asked
from tests.factories import MONDAY, OutboxEventFactory
from tests.some_events import ThingHappened

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.timeout(60)


def waiting_since(*minutes: int) -> list[OutboxEvent]:
    """Events that have been due for so many minutes on Monday."""
    return [
        OutboxEventFactory(
            kind=ThingHappened.kind, next_attempt_at=MONDAY - number * MINUTE
        )
        for number in minutes
    ]


def ids(*found: OutboxEvent) -> list[UUID]:
    return [event.pk for event in found]


def put_in_line(now: datetime, at_most: int = 10) -> list[UUID]:
    """What a replay puts in line, in the order in which workers will take it."""
    count = outbox_queue.put_due_in_line(now=now, at_most=at_most).total()
    taken = outbox_queue.take(Queue.NOTIFICATIONS, now=now, at_most=100)
    assert len(taken) == count
    return [each.event_id for each in taken]


def test_what_is_due_is_put_in_line_oldest_first(db: None) -> None:
    young, old, middle = waiting_since(1, 9, 5)

    assert put_in_line(MONDAY, at_most=2) == ids(old, middle)
    assert put_in_line(MONDAY, at_most=2) == ids(young)


def test_what_is_due_later_or_delivered_is_left_alone(db: None) -> None:
    due, later, delivered = waiting_since(0, -1, 5)
    outbox.deliver([delivered.pk], now=MONDAY)

    assert put_in_line(MONDAY) == ids(due)
    later.refresh_from_db()
    assert later.next_attempt_at == MONDAY + MINUTE


def test_what_was_taken_is_taken_again_only_after_a_while(db: None) -> None:
    (event,) = waiting_since(3)
    put_in_line(MONDAY)
    again = MONDAY + outbox_queue.REPLAY_AGAIN

    assert put_in_line(again - timedelta(seconds=1)) == []
    assert put_in_line(again) == ids(event)


def test_a_queue_without_workers_does_not_fill_with_copies(db: None) -> None:
    waiting = waiting_since(3, 2, 1)

    counts = [replay_outbox() for _ in range(4)]

    assert counts == [3, 0, 0, 0]
    assert events_asked() == {Queue.NOTIFICATIONS: len(waiting)}


def test_a_replay_queues_no_more_than_its_share(db: None) -> None:
    excess = 7
    OutboxEvent.objects.bulk_create(
        OutboxEvent(kind=ThingHappened.kind, payload={}, next_attempt_at=MONDAY)
        for _ in range(MOST_EVENTS_PER_REPLAY + excess)
    )

    assert [replay_outbox(), replay_outbox()] == [MOST_EVENTS_PER_REPLAY, excess]


def test_staff_can_have_what_waits_for_a_later_attempt_replayed_now(db: None) -> None:
    failed, delivered = waiting_since(-60, 5)
    outbox.deliver([delivered.pk], now=MONDAY)

    assert outbox.make_due(OutboxEvent.objects.all(), now=MONDAY) == 1
    assert put_in_line(MONDAY) == ids(failed)


@pytest.mark.django_db(transaction=True)
def test_a_replay_passes_over_what_another_one_holds() -> None:
    held, free = waiting_since(9, 5)

    with transaction.atomic():
        OutboxEvent.objects.select_for_update().get(pk=held.pk)
        (taken,) = all_at_once([lambda: put_in_line(MONDAY)])

    assert taken == ids(free)
    assert put_in_line(MONDAY) == ids(held)


@pytest.mark.django_db(transaction=True)
def test_replays_at_once_take_each_event_once() -> None:
    waiting = waiting_since(*range(24))

    replay = partial(outbox_queue.put_due_in_line, now=MONDAY, at_most=24)
    shares = all_at_once([replay] * 6)

    assert sum(share.total() for share in shares) == len(waiting)
    taken = outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=100)
    assert sorted(each.event_id for each in taken) == sorted(ids(*waiting))


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_being_delivered_is_not_queued_again() -> None:
    (event,) = waiting_since(9)

    with transaction.atomic():
        OutboxEvent.objects.select_for_update().get(pk=event.pk)
        (count,) = all_at_once([replay_outbox])

    assert count == 0
    assert not events_asked()
    event.refresh_from_db()
    assert event.next_attempt_at < timezone.now()
