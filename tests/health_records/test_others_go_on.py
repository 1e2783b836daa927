"""A purge or a sealing that is under way keeps nobody else from reading or writing."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from phr.audit import seals
from phr.care.models import DoctorProfile, PatientProfile
from phr.core import outbox, outbox_queue
from phr.core.queues import Queue
from phr.health_records import record_deletion
from phr.health_records.models import HealthRecord
from tests.at_once import all_at_once
from tests.audit.ledgers import add_lines
from tests.conftest import Api
from tests.factories import (
    HealthRecordFactory,
    NotificationFactory,
    OutboxEventFactory,
)

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
LONG_AGO = timedelta(days=400)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


@pytest.fixture
def requests_of(
    api: Api, alice: PatientProfile, dr_bob: DoctorProfile, alices_record: HealthRecord
) -> Callable[[], list[int]]:
    """What a patient and a doctor do all day, with no patience for locks."""
    patient, doctor = api("alice"), api("dr_bob")
    url = f"{RECORDS}{alices_record.pk}/"
    NotificationFactory(recipient=alice.user)

    def one_after_the_other() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
        answers: list[Any] = [
            patient.get(RECORDS),
            doctor.get(RECORDS),
            patient.post(RECORDS, RECORD, format="json"),
            patient.patch(url, {"title": "After the fall"}, format="json"),
            doctor.post(f"{url}comments/", {"comment": "Rest it."}, format="json"),
            patient.get("/api/notifications/"),
            patient.post("/api/notifications/mark-all-read/"),
            patient.get("/api/access-log/"),
            patient.delete(url),
        ]
        return [answer.status_code for answer in answers]

    return one_after_the_other


ALL_WELL = [200, 200, 201, 200, 201, 200, 200, 200, 204]


def test_requests_go_on_while_records_are_purged(
    requests_of: Callable[[], list[int]], alice: PatientProfile
) -> None:
    HealthRecordFactory.create_batch(
        5, patient=alice, deleted_at=timezone.now() - LONG_AGO
    )
    with transaction.atomic():
        assert record_deletion.purge_batch(at_most=5) == 5
        (answers,) = all_at_once([requests_of])

    assert answers == ALL_WELL


def test_requests_go_on_while_events_are_purged_and_taken(
    requests_of: Callable[[], list[int]],
) -> None:
    OutboxEventFactory.create_batch(3, delivered_at=timezone.now() - LONG_AGO)
    OutboxEventFactory.create_batch(3)
    now = timezone.now()
    with transaction.atomic():
        assert outbox.purge_delivered(before=now, at_most=5) == 3
        assert outbox_queue.put_due_in_line(now=now, at_most=5)
        assert outbox_queue.take(Queue.NOTIFICATIONS, now=now, at_most=5)
        (answers,) = all_at_once([requests_of])

    assert answers == ALL_WELL


def test_requests_go_on_while_the_ledger_is_sealed(
    requests_of: Callable[[], list[int]],
) -> None:
    last = add_lines(30)[-1]
    with transaction.atomic():
        seal = seals.seal_next(upto=last.position, at=timezone.now())
        (answers,) = all_at_once([requests_of])

    assert seal is not None
    assert answers == ALL_WELL


def test_writers_that_overlap_without_end_do_not_keep_the_ledger_unsealed(
    alice: PatientProfile,
) -> None:
    """At every moment somebody is writing, and each of them ends."""
    ends = Event()
    writers = [Thread(target=write_until, args=(ends, pause)) for pause in (3, 4, 5)]
    for writer in writers:
        writer.start()
    try:
        sealed = [seal_soon() for _ in range(5)]
    finally:
        ends.set()
        for writer in writers:
            writer.join()

    assert all(sealed)


def write_until(ends: Event, pause: int) -> None:
    try:
        while not ends.is_set():
            with transaction.atomic():
                add_lines(1)
                time.sleep(pause / 100)
    finally:
        connections.close_all()


def seal_soon() -> int:
    """How many lines could be sealed within a second."""
    time.sleep(0.1)
    return seals.seal_ledger(at=timezone.now(), patience=timedelta(seconds=1))
