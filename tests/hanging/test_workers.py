"""Workers whose broker, or database, hangs or refuses for a while."""

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest
import redis
from celery import current_app
from kombu.entity import Queue
from kombu.messaging import Producer

from config import celery_settings
from dev.processes import Process
from tests.broker import broker_at
from tests.hanging.conftest import frozen
from tests.hanging.workers import (
    REFUSALS,
    SLOTS,
    await_acknowledged,
    await_taken,
    await_waiting,
    log_of,
    refusing,
    send_tasks,
    tasks_wait,
    told_by,
    worker_at,
)
from tests.waiting import wait_until

HANGS = 12  # seconds; an acknowledgement waits for five
REFUSES = 5  # seconds
ROUNDS = 2
LOST = "Connection to broker lost"
MOST_CONNECTIONS = 20  # at a time, of a worker and its processes
MOST_NEW_ONES = 50  # while it refuses


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_broker_hung_while_its_tasks_ended_goes_on(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    broker, url = own_valkey
    with worker_at(url, tmp_path / "worker") as worker:
        for _ in range(ROUNDS):
            with tasks_wait() as go_on:
                send_tasks(SLOTS)
                await_waiting(worker, SLOTS)
                with frozen(broker):
                    go_on()
                    time.sleep(HANGS)
            await_taken(worker)
        with tasks_wait():
            send_tasks(SLOTS)
            await_waiting(worker, SLOTS)
        assert worker.exit_code is None


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


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_stays_while_its_broker_refuses(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with worker_at(url, tmp_path / "worker", WORKER_IS_WATCHED="closely") as worker:
        for refusal, end_of_it in REFUSALS:
            with tasks_wait() as go_on:
                send_tasks(SLOTS)
                await_waiting(worker, SLOTS)
                send_tasks(1)  # it waits while nobody may take it
                with refusing(url, refusal, end_of_it):
                    go_on()
                    time.sleep(REFUSES)
            await_taken(worker)
        assert worker.exit_code is None


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_for_long_gets_few_connections(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with (
        worker_at(url, tmp_path / "worker") as worker,
        redis.Redis.from_url(url) as admin,
    ):
        send_tasks(1)
        await_taken(worker)
        with refusing(url, "ACL SETUSER default -brpop", "ACL SETUSER default +brpop"):
            wait_until(
                lambda: log_of(worker).count(LOST) >= 3, partial(told_by, worker)
            )
            before = connections_made(admin)
            time.sleep(REFUSES)
            new = connections_made(admin) - before
            at_a_time = len(admin.client_list())
        send_tasks(1)
        await_taken(worker)
        assert worker.exit_code is None
    assert at_a_time <= MOST_CONNECTIONS
    assert new <= MOST_NEW_ONES


def connections_made(admin: redis.Redis) -> int:
    return int(admin.info("stats")["total_connections_received"])


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_started_while_its_broker_hangs_begins_by_itself(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    broker, url = own_valkey
    with broker_at(url):
        send_tasks(1)
    with worker_at(url, tmp_path / "worker") as worker:
        with frozen(broker):
            time.sleep(HANGS)
        await_taken(worker)
        assert worker.exit_code is None


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_gives_up_a_database_that_says_nothing(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with worker_at(url, tmp_path / "worker", WORKER_IS_IMPATIENT="yes") as worker:
        with tasks_wait() as go_on:
            send_tasks(SLOTS)
            frozen_ones = await_waiting(worker, SLOTS)
            for pid in frozen_ones:
                os.kill(pid, signal.SIGSTOP)
            go_on()
        try:
            send_tasks(SLOTS)
            await_acknowledged(worker)
        finally:
            for pid in frozen_ones:
                os.kill(pid, signal.SIGCONT)
        assert worker.exit_code is None
    assert log_of(worker).count("event_not_delivered") == SLOTS
