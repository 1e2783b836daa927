"""An event is stored with its change, and a worker is asked to deliver it after."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from phr.care.models import PatientProfile
from phr.core import events, outbox, outbox_queue, tasks
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.health_records.models import HealthRecord
from phr.health_records.services import create_record
from tests.broker import broker_at, closed_address, events_asked
from tests.conftest import Api
from tests.factories import MONDAY
from tests.some_events import ThingHappened

RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
ONE = {Queue.NOTIFICATIONS: 1}
QUICKLY = 5  # seconds; Celery's own settings would retry for ever

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_is_not_emitted_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        events.emit(ThingHappened())

    assert not OutboxEvent.objects.exists()
    assert not events_asked()


def test_an_event_carries_ids_as_text_and_is_due_shortly() -> None:
    thing_id, before = uuid7(), timezone.now()

    with transaction.atomic():
        emitted = events.emit(ThingHappened(thing_id=thing_id))

    event = OutboxEvent.objects.get()
    assert (event.pk, event.kind) == (emitted.pk, ThingHappened.kind)
    assert event.payload == {"thing_id": str(thing_id)}
    assert (event.delivered_at, event.attempts, event.last_error) == (None, 0, "")
    wait = event.next_attempt_at - before
    assert (
        outbox_queue.FIRST_RETRY
        <= wait
        < outbox_queue.FIRST_RETRY + timedelta(seconds=5)
    )


def test_an_event_is_stored_as_the_model_would_have_stored_it() -> None:
    with transaction.atomic():
        emitted = events.emit(ThingHappened(thing_id=uuid7()))

    stored = columns_of(emitted.pk)
    emitted.pk = emitted.id = uuid7()
    emitted.save(force_insert=True)
    assert columns_of(emitted.pk) == stored


def columns_of(event_id: UUID) -> dict[str, Any]:
    """All but the columns that no two events share, and the turn, which is counted."""
    columns: dict[str, Any] = dict(OutboxEvent.objects.values().get(pk=event_id))
    return {
        name: columns[name] for name in columns.keys() - {"id", "updated_at", "turn"}
    }


def test_to_emit_for_nothing_stores_nothing() -> None:
    with transaction.atomic():
        assert events.emit_each([]) == []

    assert not OutboxEvent.objects.exists()


def test_a_worker_is_asked_only_after_the_commit() -> None:
    with transaction.atomic():
        events.emit(ThingHappened())
        assert not events_asked()

    assert events_asked() == ONE


def test_a_change_that_is_rolled_back_leaves_no_event_and_asks_no_worker(
    alice: PatientProfile,
) -> None:
    def change_of_mind() -> None:
        with transaction.atomic():
            values = {"record_type": "CHECKUP", "visit_date": MONDAY, "title": "Cough"}
            create_record(actor=alice.user, now=timezone.now(), **values)
            assert OutboxEvent.objects.exists()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        change_of_mind()

    assert not OutboxEvent.objects.exists()
    assert not HealthRecord.objects.exists()
    assert not events_asked()


def test_an_event_within_a_savepoint_that_is_rolled_back_is_gone_alone() -> None:
    def change_of_mind() -> None:
        with transaction.atomic():
            events.emit(ThingHappened())
            raise InterruptedError

    with transaction.atomic():
        kept = events.emit(ThingHappened())
        with pytest.raises(InterruptedError):
            change_of_mind()

    assert list(OutboxEvent.objects.values_list("pk", flat=True)) == [kept.pk]
    assert events_asked() == ONE


def test_a_new_record_asks_a_worker_to_tell_the_doctors(
    api: Api, alice: PatientProfile
) -> None:
    response = api("alice").post("/api/health-records/", RECORD, format="json")

    event = OutboxEvent.objects.get(kind="health_records.record_created")
    assert event.payload == {"record_id": response.json()["id"]}
    assert events_asked() == ONE


def test_a_request_succeeds_without_the_broker_and_its_event_waits(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    with broker_at(closed_address()):
        started = time.monotonic()
        response = client.post("/api/health-records/", RECORD, format="json")
        took = time.monotonic() - started

    assert response.status_code == 201
    assert took < QUICKLY
    assert not events_asked()
    event = OutboxEvent.objects.get()
    assert event.payload == {"record_id": response.json()["id"]}
    assert event.delivered_at is None


def test_what_was_emitted_without_the_broker_is_queued_when_it_is_back(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    with broker_at(closed_address()):
        client.post("/api/health-records/", RECORD, format="json")

    outbox.make_due(OutboxEvent.objects.all(), now=timezone.now())

    assert tasks.replay_outbox() == 1
    assert events_asked() == ONE


def test_no_request_is_set_to_wait_long_for_a_broker_that_is_silent() -> None:
    settings = current_app.conf
    transport = settings.broker_transport_options

    assert settings.task_publish_retry is False
    assert settings.broker_connection_timeout <= 1
    assert transport["max_retries"] == 0
    assert transport["socket_connect_timeout"] <= 1
    assert transport["socket_timeout"] <= 5
