"""Workers are asked beside the requests: no broker, however slow, holds one up."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone
from structlog.testing import capture_logs

from dev.valkey import HOST
from phr.care.models import PatientProfile
from phr.core import events, tasks, wakeups
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from tests.broker import broker_at, closed_address, events_asked, messages_sent
from tests.conftest import Api
from tests.events.conftest import Subscribe
from tests.factories import MONDAY
from tests.some_events import ThingHappened

RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
AT_ONCE = 3  # seconds; who waits for this broker waits for 5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


def test_the_task_that_workers_are_asked_for_is_one_that_they_know() -> None:
    assert tasks.deliver_next.name == wakeups.DELIVER_NEXT
    assert wakeups.DELIVER_NEXT in current_app.tasks


@contextmanager
def silent_broker() -> Iterator[None]:
    """A broker that takes every connection and never says a word."""
    server = socket.create_server((HOST, 0), backlog=64)
    held: list[socket.socket] = []

    def take_connections() -> None:
        with suppress(OSError):
            while True:
                held.append(server.accept()[0])

    thread = threading.Thread(target=take_connections)
    thread.start()
    with broker_at(f"redis://{HOST}:{server.getsockname()[1]}/0"):
        try:
            yield
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            server.close()
            for connection in held:
                connection.close()


def test_no_request_waits_for_a_broker_that_never_answers(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    client.post("/api/health-records/", RECORD)  # the first one loads much

    with silent_broker():
        took = []
        for _ in range(3):
            started = time.monotonic()
            response = client.post("/api/health-records/", RECORD)
            took.append(time.monotonic() - started)
            assert response.status_code == 201
        assert not wakeups.sender.is_done_within(0)

    assert max(took) < AT_ONCE
    assert OutboxEvent.objects.filter(delivered_at=None).count() == 4


def test_what_the_broker_did_not_take_is_in_the_log_and_the_thread_goes_on() -> None:
    with capture_logs() as logged, broker_at(closed_address()), transaction.atomic():
        events.emit(ThingHappened())

    assert [(line["event"], line["events"], line["log_level"]) for line in logged] == [
        ("workers_not_asked", 1, "warning")
    ]
    with transaction.atomic():
        events.emit(ThingHappened())
    assert events_asked() == {Queue.NOTIFICATIONS: 1}


def test_events_that_wait_together_share_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender = wakeups.Sender()
    monkeypatch.setattr(wakeups, "sender", sender)
    with monkeypatch.context() as not_yet:
        not_yet.setattr(sender, "start", lambda: None)
        with transaction.atomic():
            events.emit_each([ThingHappened() for _ in range(60)])
        for _ in range(60):
            with transaction.atomic():
                events.emit(ThingHappened())

    sender.start()

    asked = [message["events"] for message in messages_sent()]
    assert (sum(asked), max(asked)) == (120, 50)
    assert len(asked) <= 4


def test_no_more_than_fifty_messages_a_second_are_sent() -> None:
    started = time.monotonic()
    for _ in range(60):
        with transaction.atomic():
            events.emit(ThingHappened())
    messages = messages_sent()
    took = time.monotonic() - started

    assert sum(message["events"] for message in messages) == 60
    assert len(messages) <= 1 + took * 50


def test_one_too_many_is_left_to_the_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeups, "MOST_WAITING", 2)
    monkeypatch.setattr(wakeups, "sender", wakeups.Sender())
    monkeypatch.setattr(wakeups.sender, "start", lambda: None)

    for _ in range(3):
        with transaction.atomic():
            events.emit(ThingHappened())

    assert wakeups.sender.waiting.qsize() == 2
    assert OutboxEvent.objects.count() == 3


# Python warns of threads that a fork leaves behind; that is what this is about.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_sends_what_is_its_own() -> None:
    wakeups.wake_up(Queue.URGENT)
    assert events_asked() == {Queue.URGENT: 1}
    child = os.fork()
    if child == 0:
        wakeups.wake_up(Queue.URGENT)
        os._exit(0 if wakeups.sender.is_done_within(10) else 1)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert events_asked() == {Queue.URGENT: 2}


def test_a_failure_is_logged_under_the_request_that_caused_the_event(
    subscribe: Subscribe,
) -> None:
    seen = {}

    @subscribe
    def fail(_event: ThingHappened, row: OutboxEvent) -> None:
        bound = structlog.contextvars.get_contextvars()
        seen[row.request_id] = bound.get("request_id")
        raise ZeroDivisionError

    bound = structlog.contextvars.bound_contextvars
    with bound(request_id="a-request"), transaction.atomic():
        events.emit(ThingHappened())
    with transaction.atomic():
        events.emit(ThingHappened())

    for message in messages_sent():
        tasks.deliver_next(**message)

    assert seen == {"a-request": "a-request", "": None}


def test_one_event_that_fails_does_not_keep_back_the_others(
    subscribe: Subscribe,
) -> None:
    @subscribe
    def fail_once(_event: ThingHappened, row: OutboxEvent) -> None:
        if row.pk == first.pk:
            raise ZeroDivisionError

    with transaction.atomic():
        first, _second = events.emit_each([ThingHappened(), ThingHappened()])

    for message in messages_sent():
        tasks.deliver_next(**message)

    undelivered = OutboxEvent.objects.get(delivered_at=None)
    assert undelivered.pk == first.pk
    assert undelivered.last_error == "builtins.ZeroDivisionError"


def test_what_earlier_servers_asked_for_by_id_is_delivered() -> None:
    with transaction.atomic():
        event = events.emit(ThingHappened())

    tasks.deliver_events(caused_by={str(event.pk): "a-request"})

    event.refresh_from_db()
    assert (event.turn, event.attempts) == (None, 1)
    assert event.delivered_at is not None


def test_a_backlog_is_queued_faster_than_500_events_a_second_build_it() -> None:
    OutboxEvent.objects.bulk_create(
        OutboxEvent(kind=ThingHappened.kind, payload={}, next_attempt_at=MONDAY)
        for _ in range(tasks.MOST_EVENTS_PER_REPLAY)
    )
    started = timezone.now()

    queued = tasks.replay_outbox()

    seconds = (timezone.now() - started).total_seconds()
    assert queued == tasks.MOST_EVENTS_PER_REPLAY >= 500 * 15
    assert seconds < 15
    assert events_asked().total() == queued
