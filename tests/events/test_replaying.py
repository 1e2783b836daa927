"""What was not delivered in time is queued again, by one replay at a time."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from phr.core import events
from phr.core.models import OutboxEvent
from phr.core.tasks import MOST_EVENTS_PER_REPLAY, replay_outbox
from tests.at_once import all_at_once
from tests.broker import queued_events
from tests.events.conftest import KIND
from tests.factories import MONDAY, OutboxEventFactory

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.timeout(60)


def waiting_since(*minutes: int) -> list[OutboxEvent]:
    """Events that have been due for so many minutes on Monday."""
    return [
        OutboxEventFactory(kind=KIND, next_attempt_at=MONDAY - number * MINUTE)
        for number in minutes
    ]


def ids(*found: OutboxEvent) -> list[UUID]:
    return [event.pk for event in found]


def test_what_is_due_is_taken_oldest_first(db: None) -> None:
    young, old, middle = waiting_since(1, 9, 5)

    assert events.take_due(now=MONDAY, at_most=2) == ids(old, middle)
    assert events.take_due(now=MONDAY, at_most=2) == ids(young)


def test_what_is_due_later_or_delivered_is_left_alone(db: None) -> None:
    due, later, delivered = waiting_since(0, -1, 5)
    events.deliver(delivered.pk, now=MONDAY)

    assert events.take_due(now=MONDAY, at_most=10) == ids(due)
    later.refresh_from_db()
    assert later.next_attempt_at == MONDAY + MINUTE


def test_what_was_taken_is_taken_again_only_after_a_while(db: None) -> None:
    (event,) = waiting_since(3)
    events.take_due(now=MONDAY, at_most=10)
    again = MONDAY + events.REPLAY_AGAIN

    assert events.take_due(now=again - timedelta(seconds=1), at_most=10) == []
    assert events.take_due(now=again, at_most=10) == ids(event)


def test_a_queue_without_workers_does_not_fill_with_copies(db: None) -> None:
    waiting = waiting_since(3, 2, 1)

    counts = [replay_outbox() for _ in range(4)]

    assert counts == [3, 0, 0, 0]
    assert queued_events() == ids(*waiting)


def test_a_replay_queues_no_more_than_its_share(db: None) -> None:
    excess = 7
    OutboxEvent.objects.bulk_create(
        OutboxEvent(kind=KIND, payload={}, next_attempt_at=MONDAY)
        for _ in range(MOST_EVENTS_PER_REPLAY + excess)
    )

    assert [replay_outbox(), replay_outbox()] == [MOST_EVENTS_PER_REPLAY, excess]


def test_staff_can_have_what_waits_for_a_later_attempt_replayed_now(db: None) -> None:
    failed, delivered = waiting_since(-60, 5)
    events.deliver(delivered.pk, now=MONDAY)

    assert events.make_due(OutboxEvent.objects.all(), now=MONDAY) == 1
    assert events.take_due(now=MONDAY, at_most=10) == ids(failed)


@pytest.mark.django_db(transaction=True)
def test_a_replay_passes_over_what_another_one_holds() -> None:
    held, free = waiting_since(9, 5)

    with transaction.atomic():
        OutboxEvent.objects.select_for_update().get(pk=held.pk)
        (taken,) = all_at_once([lambda: events.take_due(now=MONDAY, at_most=10)])

    assert taken == ids(free)
    assert events.take_due(now=MONDAY, at_most=10) == ids(held)


@pytest.mark.django_db(transaction=True)
def test_replays_at_once_take_each_event_once() -> None:
    waiting = waiting_since(*range(24))

    shares = all_at_once([lambda: events.take_due(now=MONDAY, at_most=24)] * 6)

    taken = [event_id for share in shares for event_id in share]
    assert sorted(taken) == sorted(ids(*waiting))


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_being_delivered_is_not_queued_again() -> None:
    (event,) = waiting_since(9)

    with transaction.atomic():
        OutboxEvent.objects.select_for_update().get(pk=event.pk)
        (count,) = all_at_once([replay_outbox])

    assert count == 0
    assert queued_events() == []
    event.refresh_from_db()
    assert event.next_attempt_at < timezone.now()
