"""Whoever has many events waiting holds up nobody else's."""

from dataclasses import MISSING
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import transaction

from phr.accounts.events import AccountEvent, PasswordChanged
from phr.core import events, outbox, outbox_queue, tasks
from phr.core.ids import uuid7
from phr.core.models import NOBODY, OutboxEvent
from phr.core.queues import OF_MAILS, Queue
from tests.at_once import all_at_once
from tests.broker import events_asked, messages_sent
from tests.events.conftest import Subscribe
from tests.factories import MONDAY, OutboxEventFactory
from tests.some_events import ThingHappened, events_of_the_product

ANN, BEN, CAT, DORA = (uuid7() for _ in range(4))

pytestmark = pytest.mark.django_db


def flood(owner: UUID, times: int, queue: Queue = Queue.NOTIFICATIONS) -> None:
    with transaction.atomic():
        for _ in range(times):
            emit(owner, queue)


def emit(owner: UUID | None, queue: Queue = Queue.NOTIFICATIONS) -> OutboxEvent:
    with transaction.atomic():
        (event,) = events.emit_each([ThingHappened(by=owner or NOBODY)], queue=queue)
    return event


def owners_served(at_most: int, queue: Queue = Queue.NOTIFICATIONS) -> list[UUID]:
    """Whose events are taken next, in that order."""
    taken = outbox_queue.take(queue, now=MONDAY, at_most=at_most)
    owners = dict(OutboxEvent.objects.values_list("pk", "owner_id"))
    return [owners[each.event_id] for each in taken]


def test_a_newcomer_comes_after_one_event_of_everybody_else() -> None:
    for owner in (ANN, BEN, CAT):
        flood(owner, 40)
    owners_served(30)  # for a while they have it to themselves

    emit(DORA)

    assert DORA in owners_served(4)


def test_each_person_has_a_turn_however_much_they_have_waiting() -> None:
    flood(ANN, 20)
    flood(BEN, 3)
    flood(CAT, 2)

    served = owners_served(7)

    assert [served.count(owner) for owner in (ANN, BEN, CAT)] == [3, 2, 2]


def test_what_one_has_waiting_is_delivered_in_order() -> None:
    emitted = [emit(ANN).pk for _ in range(5)]

    taken = outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=9)

    assert [each.event_id for each in taken] == emitted


def test_what_nobody_caused_shares_one_turn() -> None:
    for _ in range(9):
        emit(None)
    emit(ANN)

    served = owners_served(2)

    assert set(served) == {NOBODY, ANN}


def test_events_that_are_emitted_together_take_one_turn_each() -> None:
    with transaction.atomic():
        events.emit_each([ThingHappened(by=ANN) for _ in range(9)])
    emit(BEN)

    assert BEN in owners_served(2)


def test_the_event_about_an_account_is_in_that_accounts_turn() -> None:
    with transaction.atomic():
        alone = events.emit(PasswordChanged(user_id=ANN))
        caused = events.emit(PasswordChanged(user_id=ANN, by=BEN))

    assert (alone.owner_id, caused.owner_id) == (ANN, BEN)


def test_queues_do_not_wait_for_each_other() -> None:
    flood(ANN, 9)
    emit(ANN, Queue.URGENT)

    assert owners_served(5, Queue.URGENT) == [ANN]


def test_a_message_that_a_flood_has_sent_delivers_whose_turn_it_is(
    subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[UUID] = []
    subscribe(lambda event, _row: heard.append(event.by))
    monkeypatch.setattr(tasks, "MOST_IN_A_BATCH", 4)
    for owner in (ANN, BEN, CAT):
        flood(owner, 30)
    emit(DORA)

    tasks.deliver_next(queue=Queue.NOTIFICATIONS, events=4)

    assert heard.count(DORA) == 1
    assert len(heard) == 4


def test_a_message_delivers_what_else_waits_in_one_batch(subscribe: Subscribe) -> None:
    heard: list[UUID] = []
    subscribe(lambda event, _row: heard.append(event.by))
    flood(ANN, 30)

    tasks.deliver_next(queue=Queue.NOTIFICATIONS, events=1)
    tasks.deliver_next(queue=Queue.NOTIFICATIONS, events=29)  # finds nothing to do

    assert len(heard) == 30


@pytest.mark.parametrize("queue", OF_MAILS)
def test_a_mail_is_not_taken_before_the_last_one_has_left(
    queue: Queue, subscribe: Subscribe
) -> None:
    heard: list[UUID] = []

    @subscribe
    def hear(event: ThingHappened, _row: OutboxEvent) -> None:
        if not heard:
            emit(DORA, queue)  # while the first mail is sent
        heard.append(event.by)

    flood(ANN, 9, queue)

    tasks.deliver_next(queue=queue, events=3)

    assert DORA in heard


def test_a_message_that_takes_long_is_handed_on(
    subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the other queues of the worker have their turn as well."""
    heard: list[UUID] = []

    subscribe(lambda _event, row: heard.append(row.pk))
    monkeypatch.setattr(tasks, "SECONDS_IN_A_TASK", 0)
    flood(ANN, 9, Queue.MAIL)

    tasks.deliver_next(queue=Queue.MAIL, events=9)

    assert len(heard) == 1
    assert {"queue": "mail", "events": 8} in messages_sent()


def test_an_event_that_kills_its_worker_is_not_the_next_ones_first() -> None:
    killer, other = emit(ANN), emit(ANN)

    (first,) = outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=1)  # and dies
    (second,) = outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=1)

    assert (first.event_id, second.event_id) == (killer.pk, other.pk)
    again = MONDAY + outbox_queue.REPLAY_AGAIN
    assert outbox_queue.put_due_in_line(now=again, at_most=9) == {
        Queue.NOTIFICATIONS: 2
    }


def test_what_failed_goes_to_the_end_of_its_owners_line() -> None:
    failed = emit(ANN)
    outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=1)
    outbox.note_failure(failed.pk, ZeroDivisionError(), now=MONDAY)
    flood(ANN, 3)
    emit(BEN)
    OutboxEvent.objects.exclude(pk=failed.pk).update(
        next_attempt_at=MONDAY + timedelta(days=1)
    )

    outbox_queue.put_due_in_line(now=MONDAY + timedelta(hours=2), at_most=9)

    taken = outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=9)
    assert taken[-1].event_id == failed.pk


def test_rows_from_before_there_were_turns_are_put_in_line() -> None:
    old = OutboxEventFactory.create_batch(3, next_attempt_at=MONDAY)

    assert outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=9) == []
    assert outbox_queue.put_due_in_line(now=MONDAY, at_most=9).total() == 3

    taken = outbox_queue.take(Queue.NOTIFICATIONS, now=MONDAY, at_most=9)
    assert {each.event_id for each in taken} == {event.pk for event in old}
    assert [each.turn for each in taken] == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_each_queue_is_asked_for_by_a_name_of_its_own() -> None:
    for queue in Queue:
        emit(ANN, queue)

    assert events_asked() == dict.fromkeys(Queue, 1)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_take_each_event_once() -> None:
    flood(ANN, 30)
    take = partial(outbox_queue.take, Queue.NOTIFICATIONS, now=MONDAY, at_most=6)

    shares = all_at_once([take] * 6)

    taken = [each.event_id for share in shares for each in share]
    assert len(taken) == len(set(taken)) == 30


def test_who_emits_an_event_says_in_whose_turn_unless_it_is_about_an_account() -> None:
    without = [
        event_type
        for event_type in events_of_the_product()
        if event_type.__dataclass_fields__["by"].default is not MISSING
    ]

    assert len(without) > 20
    assert [each for each in without if not issubclass(each, AccountEvent)] == []
