"""Real processes that replay and deliver at the same moment do nothing twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction

from phr.core import events
from phr.core.models import OutboxEvent
from phr.health_records.events import RecordCreated
from phr.health_records.models import HealthRecord
from phr.notifications.models import Notification
from tests.factories import MONDAY
from tests.running.conftest import database_url
from tests.waiting import wait_until, waiting_backends

PROCESSES = 4
EVENTS = 200

REPLAY_AND_DELIVER = """
import django
django.setup()
from phr.core.queues import Queue
from phr.core.tasks import deliver_next, replay_outbox
replayed = 0
for _ in range(8):
    replayed += replay_outbox()
    deliver_next(queue=str(Queue.NOTIFICATIONS), events=50)
print(replayed, flush=True)
"""

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    own = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", REPLAY_AND_DELIVER],
            env=os.environ | own,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate(timeout=30)


@contextmanager
def all_held_up() -> Iterator[None]:
    """Until the end of the block nobody gets at the outbox; then all do at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_outboxevent IN EXCLUSIVE MODE")
        yield


def forgotten(record: HealthRecord) -> None:
    """Events about a record whose wakeups were lost; each is due."""
    with transaction.atomic():
        for _ in range(EVENTS):
            events.emit(RecordCreated(record_id=record.pk, by=record.patient.user_id))
    OutboxEvent.objects.update(turn=None, next_attempt_at=MONDAY)


def test_processes_that_replay_at_once_deliver_each_event_once(
    alices_record: HealthRecord, bobs_grant: object
) -> None:
    forgotten(alices_record)

    with processes() as started:
        with all_held_up():
            wait_until(lambda: len(waiting_backends()) == PROCESSES)
        replayed = [
            int(process.stdout.readline()) for process in started if process.stdout
        ]

    assert sum(replayed) == EVENTS
    rows = OutboxEvent.objects.all()
    assert {(row.attempts, row.delivered_at is None) for row in rows} == {(1, False)}
    pairs = Notification.objects.values_list("event_id", "recipient_id")
    assert len(pairs) == len(set(pairs)) > 0
