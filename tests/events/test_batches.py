"""Events are delivered in batches, and one that fails takes no others along."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from pytest_django import Settings

from phr.core import events, outbox, outbox_queue, tasks
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.events.conftest import Subscribe
from tests.factories import MONDAY, NotificationFactory
from tests.some_events import NothingHappened, ThingHappened

ANN, BEN = uuid7(), uuid7()
MANY = 40

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, no task is handed on."""
    monkeypatch.setattr(tasks, "SECONDS_IN_A_TASK", 600)


class Killed(BaseException):
    """What the death of a worker looks like to PostgreSQL: its transaction is gone."""


def emit(times: int) -> list[OutboxEvent]:
    with transaction.atomic():
        return events.emit_each([ThingHappened(by=ANN) for _ in range(times)])


def put_in_inbox(_event: ThingHappened, row: OutboxEvent) -> None:
    NotificationFactory(event=row)


def work() -> None:
    tasks.deliver_next(queue=Queue.NOTIFICATIONS, events=1)


def told_of() -> list[UUID]:
    return sorted(Notification.objects.values_list("event_id", flat=True))


def test_a_poison_event_neither_undoes_nor_delays_the_others_of_its_batch(
    subscribe: Subscribe,
) -> None:
    emitted = [row.pk for row in emit(MANY)]
    poison, tried = emitted[17], []

    @subscribe
    def fail(event: ThingHappened, row: OutboxEvent) -> None:
        put_in_inbox(event, row)
        if row.pk == poison:
            tried.append(row.pk)
            raise LookupError

    work()

    (failed,) = OutboxEvent.objects.filter(delivered_at=None)
    assert (failed.pk, failed.attempts) == (poison, 1)
    assert failed.last_error == "builtins.LookupError"
    assert told_of() == sorted(set(emitted) - {poison})
    assert set(OutboxEvent.objects.values_list("attempts", flat=True)) == {1}
    assert len(tried) <= 7  # halved, not tried one by one


def test_of_several_poison_events_each_is_noted_and_the_rest_is_delivered(
    subscribe: Subscribe,
) -> None:
    emitted = [row.pk for row in emit(MANY)]
    poisons = {emitted[0], emitted[1], emitted[-1]}

    @subscribe
    def fail(event: ThingHappened, row: OutboxEvent) -> None:
        if row.pk in poisons:
            raise LookupError
        put_in_inbox(event, row)

    work()

    undelivered = OutboxEvent.objects.filter(delivered_at=None, attempts=1)
    assert set(undelivered.values_list("pk", flat=True)) == poisons
    assert told_of() == sorted(set(emitted) - poisons)


def test_an_event_that_this_release_does_not_know_takes_no_others_along(
    subscribe: Subscribe,
) -> None:
    subscribe(put_in_inbox)
    emitted = [row.pk for row in emit(5)]
    OutboxEvent.objects.filter(pk=emitted[2]).update(kind="care.of_the_next_release")

    work()

    assert told_of() == sorted(set(emitted) - {emitted[2]})


def test_a_batch_whose_worker_dies_leaves_nothing_and_is_delivered_later(
    subscribe: Subscribe,
) -> None:
    emitted = [row.pk for row in emit(MANY)]
    dies = [True]

    @subscribe
    def die_once(event: ThingHappened, row: OutboxEvent) -> None:
        put_in_inbox(event, row)
        if row.pk == emitted[-1] and dies:
            dies.clear()
            raise Killed

    with pytest.raises(Killed):
        work()
    assert told_of() == []
    assert OutboxEvent.objects.filter(delivered_at=None).count() == MANY

    in_two_minutes = OutboxEvent.objects.latest("created_at").created_at + timedelta(
        minutes=2
    )
    with time_machine.travel(in_two_minutes, tick=False):
        tasks.replay_outbox()
        tasks.deliver_next(queue=Queue.NOTIFICATIONS, events=MANY)
    assert told_of() == sorted(emitted)
    assert set(OutboxEvent.objects.values_list("attempts", flat=True)) == {2}


def test_an_event_that_kills_its_workers_takes_no_others_along(
    subscribe: Subscribe, settings: Settings
) -> None:
    settings.EVENT_ATTEMPTS = 3
    emitted = [row.pk for row in emit(6)]
    killer = emitted[0]

    @subscribe
    def die(event: ThingHappened, row: OutboxEvent) -> None:
        put_in_inbox(event, row)
        if row.pk == killer:
            raise Killed

    for hour in range(1, 6):
        with time_machine.travel(MONDAY + timedelta(days=3_650, hours=hour)):
            tasks.replay_outbox()
            for _worker in range(2):
                try:
                    tasks.deliver_next(queue=Queue.NOTIFICATIONS, events=9)
                except Killed:
                    continue

    (dead,) = OutboxEvent.objects.filter(delivered_at=None)
    assert (dead.pk, dead.attempts, dead.last_error) == (killer, 3, outbox_queue.LOST)
    assert dead.set_aside_at is not None
    assert told_of() == sorted(emitted[1:])
    others = OutboxEvent.objects.exclude(pk=killer)
    assert set(others.values_list("attempts", flat=True)) == {2}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_deliver_each_event_of_their_batches_once(
    subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(put_in_inbox)
    monkeypatch.setattr(tasks, "MOST_IN_A_BATCH", 7)
    emitted = [row.pk for row in emit(MANY)]
    deliver = partial(tasks.deliver_next, queue=Queue.NOTIFICATIONS, events=MANY)

    all_at_once([deliver] * 3)

    assert told_of() == sorted(emitted)
    assert set(OutboxEvent.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_batches_that_name_the_same_events_deliver_each_once(
    subscribe: Subscribe,
) -> None:
    subscribe(put_in_inbox)
    ids = [row.pk for row in emit(9)]
    forwards = partial(outbox.deliver, ids, now=MONDAY)
    backwards = partial(outbox.deliver, ids[::-1], now=MONDAY)

    delivered = all_at_once([forwards, backwards] * 2)

    assert sum(delivered) == 9
    assert told_of() == sorted(ids)


def test_handlers_hear_of_a_batch_in_its_order(subscribe: Subscribe) -> None:
    heard: list[UUID] = []
    subscribe(lambda _event, row: heard.append(row.pk))
    ids = [row.pk for row in emit(5)]
    ids = [ids[3], ids[0], ids[4], ids[1], ids[2]]

    outbox.deliver(ids, now=MONDAY)

    assert heard == ids


def test_events_of_several_people_that_are_emitted_together_have_turns() -> None:
    with transaction.atomic():
        events.emit_each([NothingHappened(by=ANN) for _ in range(2)])
        events.emit_each([NothingHappened(by=who) for who in (BEN, ANN, BEN, ANN, BEN)])

    rows = OutboxEvent.objects.order_by("turn", "pk")
    assert list(rows.filter(owner_id=ANN).values_list("turn", flat=True)) == [
        0,
        1,
        2,
        3,
    ]
    of_ben = list(rows.filter(owner_id=BEN))
    assert [row.turn for row in of_ben] == [0, 1, 2]
    assert [row.pk for row in of_ben] == sorted(row.pk for row in of_ben)


def test_what_an_event_causes_keeps_the_request_that_caused_it() -> None:
    with transaction.atomic():
        first, second = events.emit_each([ThingHappened(), ThingHappened()])
        first.request_id = "a-request"
        events.emit_each([NothingHappened()] * 2, caused_by=[first, second])

    caused = OutboxEvent.objects.filter(kind=NothingHappened.kind)
    assert sorted(caused.values_list("request_id", flat=True)) == ["", "a-request"]
