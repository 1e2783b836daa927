"""All handlers of an event run, or none, and their effect is there once."""

from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
import time_machine

from phr.accounts.models import User
from phr.core import outbox
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.tasks import deliver_event
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.events.conftest import Subscribe
from tests.factories import MONDAY, NotificationFactory, OutboxEventFactory
from tests.some_events import ThingHappened

WORKERS = 6
SECRET = "Alice has a cough"


@pytest.fixture
def event(db: None) -> OutboxEvent:
    return OutboxEventFactory(kind=ThingHappened.kind, next_attempt_at=MONDAY)


def put_in_inbox(_event: ThingHappened, row: OutboxEvent) -> None:
    NotificationFactory(event=row)


def fail(_event: ThingHappened, _row: OutboxEvent) -> None:
    raise LookupError(SECRET)


def deliver_at(event: OutboxEvent, now: datetime) -> OutboxEvent:
    """Run the task of a worker at a time and give the row as it then is."""
    with time_machine.travel(now, tick=False):
        deliver_event(event_id=str(event.pk))
    return OutboxEvent.objects.get(pk=event.pk)


def test_delivering_runs_every_handler_and_marks_the_event(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    heard: list[UUID] = []
    subscribe(put_in_inbox)
    subscribe(lambda _event, row: heard.append(row.pk))

    assert outbox.deliver([event.pk], now=MONDAY)

    event.refresh_from_db()
    assert heard == [event.pk]
    assert Notification.objects.filter(event=event).count() == 1
    assert (event.delivered_at, event.attempts, event.last_error) == (MONDAY, 1, "")


def test_delivering_a_delivered_event_does_nothing(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    heard: list[UUID] = []
    subscribe(lambda _event, row: heard.append(row.pk))
    outbox.deliver([event.pk], now=MONDAY)

    assert not outbox.deliver([event.pk], now=MONDAY + timedelta(hours=1))

    event.refresh_from_db()
    assert heard == [event.pk]
    assert (event.delivered_at, event.attempts) == (MONDAY, 1)


def test_delivering_an_event_of_nothing_does_nothing(
    db: None, subscribe: Subscribe
) -> None:
    subscribe(put_in_inbox)

    deliver_event(event_id=str(uuid7()))

    assert not Notification.objects.exists()


def test_a_failing_handler_undoes_what_the_others_wrote(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    subscribe(put_in_inbox)
    subscribe(fail)
    subscribe(put_in_inbox)

    failed = deliver_at(event, MONDAY)

    assert not Notification.objects.exists()
    assert not User.objects.exists()
    assert (failed.delivered_at, failed.attempts) == (None, 1)


def test_a_failure_is_noted_by_its_kind_and_never_by_its_message(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    subscribe(fail)

    failed = deliver_at(event, MONDAY)

    assert failed.last_error == "builtins.LookupError"
    assert SECRET not in str(OutboxEvent.objects.filter(pk=event.pk).values())


def test_the_waits_after_failures_grow_up_to_an_hour(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    subscribe(fail)

    failures = [deliver_at(event, MONDAY) for _ in range(14)]

    waits = [(failed.next_attempt_at - MONDAY).total_seconds() for failed in failures]
    longest = [20, 40, 80, 160, 320, 640, 1_280, 2_560, *[3_600] * 6]
    for wait, most in zip(waits, longest, strict=True):
        assert 0.75 * most <= wait <= most
    assert [failed.attempts for failed in failures] == list(range(1, 15))


def test_what_fails_together_does_not_come_back_at_one_moment(
    db: None, subscribe: Subscribe
) -> None:
    subscribe(fail)
    failed = [
        deliver_at(OutboxEventFactory(kind=ThingHappened.kind), MONDAY)
        for _ in range(10)
    ]

    assert len({each.next_attempt_at for each in failed}) == len(failed)


def test_an_event_is_delivered_by_the_next_attempt_after_a_failure(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    faults = [LookupError()]

    def fail_once(_event: ThingHappened, _row: OutboxEvent) -> None:
        if faults:
            raise faults.pop()

    subscribe(put_in_inbox)
    subscribe(fail_once)
    deliver_at(event, MONDAY)
    later = MONDAY + timedelta(minutes=1)

    delivered = deliver_at(event, later)

    assert Notification.objects.filter(event=event).count() == 1
    assert (delivered.delivered_at, delivered.attempts) == (later, 2)
    assert delivered.last_error == ""


def test_a_failure_does_not_touch_what_another_worker_has_delivered(
    event: OutboxEvent,
) -> None:
    outbox.deliver([event.pk], now=MONDAY)

    outbox.note_failure(event.pk, LookupError(SECRET), now=MONDAY)

    event.refresh_from_db()
    assert (event.delivered_at, event.attempts, event.last_error) == (MONDAY, 1, "")


@pytest.mark.django_db(transaction=True)
def test_workers_that_take_an_event_at_once_deliver_it_once(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    subscribe(put_in_inbox)

    results = all_at_once([lambda: outbox.deliver([event.pk], now=MONDAY)] * WORKERS)

    assert sorted(results) == [0] * (WORKERS - 1) + [1]
    assert Notification.objects.filter(event=event).count() == 1
    event.refresh_from_db()
    assert event.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_another_that_has_the_event(
    event: OutboxEvent, subscribe: Subscribe
) -> None:
    in_hand, other_is_done = Event(), Event()

    def take_long(_event: ThingHappened, _row: OutboxEvent) -> None:
        in_hand.set()
        assert other_is_done.wait(20)

    def deliver_second() -> int:
        assert in_hand.wait(20)
        try:
            return outbox.deliver([event.pk], now=MONDAY)
        finally:
            other_is_done.set()

    subscribe(take_long)

    first, second = all_at_once(
        [lambda: outbox.deliver([event.pk], now=MONDAY), deliver_second]
    )

    assert (first, second) == (1, 0)
