"""Workers whose broker hangs for a while, with tasks in their hands."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from celery import current_app
from django.db import connection
from kombu.entity import Queue
from kombu.messaging import Producer
from rest_framework.test import APIClient

from config import celery_settings, worker_watch
from config.worker_watch import Watch
from dev import places
from dev.application import worker_command
from dev.processes import Guard, Process, Start, end_all, start
from phr.care.models import DoctorProfile
from phr.core import counters
from phr.core.models import OutboxEvent
from tests.broker import broker_at
from tests.conftest import Api
from tests.hanging.conftest import frozen
from tests.running.conftest import database_url, environment
from tests.waiting import WAITING

PATIENCE = 60  # seconds
HANGS = 12  # seconds; an acknowledgement waits for five
HEALS = 30  # seconds
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def undelivered() -> int:
    return OutboxEvent.objects.filter(delivered_at=None).count()


def tasks_that_wait() -> int:
    """How many tasks wait for the lock that the test holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def give_a_task(client: APIClient) -> None:
    """Have the worker take a task, whose notifications wait for a lock."""
    client.post("/api/health-records/", RECORD)
    wait_until(lambda: tasks_that_wait() == 1)


@contextmanager
def worker_at(broker: str, log: Path) -> Iterator[None]:
    how = Start(
        worker_command(),
        environment() | {"REDIS_URL": broker},
        places.CHECKOUT,
        log=log,
    )
    with Guard() as guard, broker_at(broker):
        worker = start("worker", how, guard)
        try:
            yield
        finally:
            end_all([worker])


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_broker_hung_while_its_tasks_ended_goes_on(
    api: Api,
    dr_bob: DoctorProfile,
    own_valkey: tuple[Process, str],
    tmp_path: Path,
) -> None:
    client, (broker, url) = api("alice"), own_valkey
    with worker_at(url, tmp_path / "worker"), psycopg.connect(database_url()) as other:
        other.execute("LOCK notifications_notification IN EXCLUSIVE MODE")
        give_a_task(client)
        with frozen(broker):
            other.rollback()
            time.sleep(HANGS)
        assert undelivered() == 0

        for _ in range(5):  # of messages; one that it had asked for before may come
            client.post("/api/health-records/", RECORD)
            wait_until(lambda: undelivered() == 0, HEALS)


def test_a_message_that_cannot_be_acknowledged_keeps_no_slot(
    own_valkey: tuple[Process, str],
) -> None:
    broker, url = own_valkey
    with current_app.connection_for_read(url) as found, found.channel() as channel:
        channel.basic_qos(0, 1, False)
        queue = Queue("slots", channel=channel)
        queue.declare()
        Producer(channel, routing_key="slots").publish({})
        message = queue.get(no_ack=False)
        assert not channel.qos.can_consume()

        with frozen(broker), pytest.raises(found.connection_errors):
            message.ack()

        assert channel.qos.can_consume()


def test_each_task_ends_before_its_message_comes_again() -> None:
    comes_again = 60 * 60  # seconds; kombu's visibility timeout
    current_app.loader.import_default_modules()

    assert celery_settings.task_annotations.keys() <= current_app.tasks.keys()
    assert celery_settings.LONG["time_limit"] < comes_again
    assert celery_settings.task_soft_time_limit < celery_settings.task_time_limit


@pytest.fixture
def message() -> Iterator[None]:
    """One that waits at the broker."""
    counters.connection().lpush("watched", "x")
    yield
    counters.connection().delete("watched")


def looks(watch: Watch) -> list[bool]:
    return [watch.is_stuck() for _ in range(worker_watch.LOOKS_UNTIL_STUCK)]


def test_a_worker_that_takes_nothing_although_messages_wait_is_stuck(
    message: None,
) -> None:
    watch = Watch(["other", "watched"], taken=lambda: 7, has_room=lambda: True)

    assert looks(watch) == [False] * (worker_watch.LOOKS_UNTIL_STUCK - 1) + [True]


def test_a_worker_that_works_or_has_nothing_to_do_is_not_stuck(message: None) -> None:
    numbers = count()
    takes = Watch(["watched"], taken=lambda: next(numbers), has_room=lambda: True)
    is_busy = Watch(["watched"], taken=lambda: 7, has_room=lambda: False)
    is_idle = Watch(["other"], taken=lambda: 7, has_room=lambda: True)

    for watch in (takes, is_busy, is_idle):
        assert not any(looks(watch))
