"""A real worker and a real beat, and a worker that is killed again and again."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dev.application import CELERY, worker_command
from dev.processes import Process
from phr.care.choices import RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.core import outbox
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification, NotificationType
from tests.broker import broker_at, closed_address
from tests.conftest import sign_in
from tests.factories import CareGrantFactory, DoctorFactory, PatientFactory
from tests.running.conftest import Run
from tests.waiting import PATIENCE, wait_until

RECORDS_IN_A_ROUND = 50
PATIENTS = 25
KILLED = 3  # times; after each a round begins, and the last worker lives
RECORD = {
    "record_type": RecordType.CHECKUP,
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


@pytest.fixture
def dr_ivy(alice: PatientProfile) -> DoctorProfile:
    """Verified; may see Alice's check-ups and nothing else."""
    doctor = DoctorFactory(verified=True, user__username="dr_ivy")
    CareGrantFactory(patient=alice, doctor=doctor, record_types=[RecordType.CHECKUP])
    return doctor


def beat_command(folder: Path) -> list[str]:
    return [*CELERY, "beat", "--schedule", str(folder / "schedule")]


@pytest.fixture
def patients(dr_bob: DoctorProfile, dr_ivy: DoctorProfile) -> Iterator[APIClient]:
    """Clients in turn: an inbox gets ten lines in an hour from one person."""
    clients = []
    for _ in range(PATIENTS):
        patient, client = PatientFactory(), APIClient()
        CareGrantFactory(patient=patient, doctor=dr_bob)
        CareGrantFactory(
            patient=patient, doctor=dr_ivy, record_types=[RecordType.CHECKUP]
        )
        sign_in(client, patient.user)
        clients.append(client)
    return cycle(clients)


def create_records(clients: Iterator[APIClient], times: int) -> None:
    for client in islice(clients, times):
        response = client.post("/api/health-records/", RECORD, format="json")
        assert response.status_code == 201


def kill(worker: Process) -> None:
    """Kill it and its children at once, with whatever they have in hand."""
    os.killpg(worker.popen.pid, signal.SIGKILL)
    worker.popen.wait()


def delivered() -> int:
    return OutboxEvent.objects.exclude(delivered_at=None).count()


def all_are_delivered() -> bool:
    """Whether they are; those that are not are due, as they would be after a while."""
    return outbox.make_due(OutboxEvent.objects.all(), now=timezone.now()) == 0


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.django_db(transaction=True)
def test_each_doctor_is_told_once_of_each_record_while_workers_are_killed(
    run: Run,
    tmp_path: Path,
    patients: Iterator[APIClient],
    dr_bob: DoctorProfile,
    dr_ivy: DoctorProfile,
    dr_fay: DoctorProfile,
    dr_eve: DoctorProfile,
) -> None:
    with broker_at(closed_address()):
        create_records(patients, 1)  # of this one no worker is told but by beat

    with run("beat", beat_command(tmp_path)):
        for _ in range(KILLED):
            with run("worker", worker_command()) as worker:
                create_records(patients, RECORDS_IN_A_ROUND)
                before = delivered()
                wait_until(lambda: delivered() >= before + 10, delivered)  # noqa: B023 - at once
                kill(worker)
        create_records(patients, RECORDS_IN_A_ROUND - 1)
        with run("worker", worker_command()):
            wait_until(all_are_delivered, delivered)

    created = OutboxEvent.objects.filter(kind="health_records.record_created")
    everything = set(created.values_list("pk", flat=True))
    assert len(everything) == 4 * RECORDS_IN_A_ROUND
    assert set(created.values_list("last_error", flat=True)) == {""}
    # One that was taken by a worker that was killed has had an attempt more.
    attempts = set(created.values_list("attempts", flat=True))
    assert 1 in attempts <= set(range(1, KILLED + 2))
    told = Notification.objects.filter(notification_type=NotificationType.NEW_RECORD)
    inboxes = Counter(told.values_list("recipient__username", "event_id"))
    assert inboxes == {
        (name, event_id): 1 for name in ("dr_bob", "dr_ivy") for event_id in everything
    }
