"""An event that cannot be delivered is set aside at last, and holds up no other."""

from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from phr.core import outbox, outbox_queue
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.outbox_queue import LOST
from phr.core.queues import Queue
from phr.core.tasks import deliver_next, replay_outbox
from tests.broker import events_asked
from tests.events.conftest import Subscribe
from tests.factories import MONDAY, OutboxEventFactory
from tests.some_events import ThingHappened

MOST = 3
HOURS = [MONDAY + timedelta(hours=number) for number in range(1, 9)]
ANN = uuid7()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_attempts(settings: Settings) -> None:
    settings.EVENT_ATTEMPTS = MOST


def due(**values: object) -> OutboxEvent:
    return OutboxEventFactory(
        kind=ThingHappened.kind, owner_id=ANN, next_attempt_at=MONDAY, **values
    )


def now_is(event: OutboxEvent) -> OutboxEvent:
    return OutboxEvent.objects.get(pk=event.pk)


def work(at: datetime) -> None:
    """What beat and a worker do at a time."""
    with time_machine.travel(at, tick=False):
        replay_outbox()
        deliver_next(queue=str(Queue.NOTIFICATIONS), events=10)


def die_with_what_is_taken(at: datetime) -> int:
    """What beat does, and a worker that dies; gives how many events it took."""
    outbox_queue.put_due_in_line(now=at, at_most=10)
    return len(outbox_queue.take(Queue.NOTIFICATIONS, now=at, at_most=10))


def fails_for(poison: OutboxEvent, subscribe: Subscribe) -> None:
    def fail(_event: ThingHappened, row: OutboxEvent) -> None:
        if row.pk == poison.pk:
            raise LookupError("Alice has a cough")

    subscribe(fail)


def test_after_so_many_attempts_an_event_is_tried_no_more(
    subscribe: Subscribe,
) -> None:
    poison = due()
    fails_for(poison, subscribe)

    for hour in HOURS:
        work(hour)

    poison = now_is(poison)
    assert (poison.attempts, poison.set_aside_at) == (MOST, HOURS[MOST - 1])
    assert (poison.delivered_at, poison.last_error) == (None, "builtins.LookupError")
    waiting = outbox.count_waiting()
    assert (waiting.all, waiting.failing, waiting.set_aside) == (0, 0, 1)


def test_until_then_and_afterwards_it_holds_up_nobody_not_even_its_owner(
    subscribe: Subscribe,
) -> None:
    poison = due()
    fails_for(poison, subscribe)

    for hour in HOURS:
        other = due()
        work(hour)
        assert now_is(other).delivered_at == hour


def test_an_event_that_kills_its_workers_is_set_aside_as_well() -> None:
    poison = due()

    taken = [die_with_what_is_taken(hour) for hour in HOURS]

    assert taken == [1] * MOST + [0] * (len(HOURS) - MOST)
    poison = now_is(poison)
    assert (poison.attempts, poison.last_error) == (MOST, LOST)
    assert poison.set_aside_at == HOURS[MOST]


def test_a_lost_event_waits_longer_after_each_worker(settings: Settings) -> None:
    settings.EVENT_ATTEMPTS = 100
    event, now, waits = due(), MONDAY, []

    for _ in range(12):
        assert die_with_what_is_taken(now) == 1
        waits.append((now_is(event).next_attempt_at - now).total_seconds())
        now = now_is(event).next_attempt_at

    assert waits == [60, 60, 60, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600]


def test_a_worker_that_dies_once_costs_an_attempt_and_a_minute(
    subscribe: Subscribe,
) -> None:
    subscribe(lambda _event, _row: None)
    event = due()
    die_with_what_is_taken(MONDAY)
    later = MONDAY + timedelta(minutes=1)

    work(later)

    event = now_is(event)
    assert (event.delivered_at, event.attempts, event.last_error) == (later, 2, "")


@pytest.mark.parametrize("error", ["builtins.LookupError", LOST])
def test_staff_can_have_it_tried_once_more(subscribe: Subscribe, error: str) -> None:
    subscribe(lambda _event, _row: None)
    event = due(attempts=MOST, set_aside_at=MONDAY, last_error=error)

    assert outbox.make_due(OutboxEvent.objects.all(), now=MONDAY) == 1
    work(HOURS[0])

    event = now_is(event)
    assert (event.delivered_at, event.set_aside_at) == (HOURS[0], None)


def test_if_it_fails_then_it_is_set_aside_again(subscribe: Subscribe) -> None:
    event = due(attempts=MOST, set_aside_at=MONDAY)
    fails_for(event, subscribe)
    outbox.make_due(OutboxEvent.objects.all(), now=MONDAY)

    for hour in HOURS:
        work(hour)

    event = now_is(event)
    assert (event.attempts, event.set_aside_at) == (MOST + 1, HOURS[0])


def test_what_is_set_aside_is_asked_of_no_worker() -> None:
    due(attempts=MOST, set_aside_at=MONDAY)

    assert replay_outbox() == 0
    assert not events_asked()
