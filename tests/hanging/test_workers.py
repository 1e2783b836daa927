"""Workers whose broker hangs for a while, with tasks in their hands."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis
from celery import current_app
from django.db import connection
from kombu.entity import Queue
from kombu.messaging import Producer

from config import celery_settings, worker_watch
from config.worker_watch import Watch
from dev import places
from dev.application import CELERY_WORKERS, worker_command
from dev.processes import Guard, Process, Start, end_all, start
from phr.core import counters
from tests.broker import broker_at
from tests.hanging.conftest import frozen
from tests.running.conftest import database_url, environment
from tests.waiting import WAITING

PATIENCE = 60  # seconds
HANGS = 12  # seconds; an acknowledgement waits for five
HEALS = 30  # seconds
REFUSES = 5  # seconds
LONGER_THAN_LOOKED_AT = 6  # seconds; see sticking.py
SLOTS = CELERY_WORKERS["worker"][1]
ROUNDS = 2


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def tasks_that_wait() -> int:
    """How many tasks wait for the lock that the test holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


@contextmanager
def worker_at(
    broker: str, log: Path, name: str = "worker", **more: str
) -> Iterator[Process]:
    """A real worker, looked after every half second instead of every ten."""
    own = {"config.celery:app": "tests.hanging.sticking:app"}
    how = Start(
        [own.get(word, word) for word in worker_command(name)],
        environment() | {"REDIS_URL": broker} | more,
        places.CHECKOUT,
        log=log,
    )
    with Guard() as guard, broker_at(broker):
        worker = start("worker", how, guard)
        try:
            yield worker
        finally:
            end_all([worker])


@contextmanager
def tasks_wait() -> Iterator[Callable[[], None]]:
    """Have each task wait, until the end or until what this gives is called."""
    with psycopg.connect(database_url()) as other:
        other.execute("LOCK core_outboxevent IN ACCESS EXCLUSIVE MODE")
        yield other.rollback
        other.rollback()


def send_tasks(how_many: int, queue: str = "celery") -> None:
    """Tasks that find no event, once they may look for it."""
    for _ in range(how_many):
        values = {"event_id": str(uuid4())}
        current_app.send_task("phr.core.tasks.deliver_event", None, values, queue=queue)


def are_all_taken(url: str, queue: str = "celery") -> bool:
    """Whether no message waits; one that was not acknowledged may be kept for hours."""
    with redis.Redis.from_url(url) as broker:
        return not broker.llen(queue)


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
                wait_until(lambda: tasks_that_wait() == SLOTS)
                with frozen(broker):
                    go_on()
                    time.sleep(HANGS)
            wait_until(lambda: are_all_taken(url), HEALS)
        with tasks_wait():
            send_tasks(SLOTS)
            wait_until(lambda: tasks_that_wait() == SLOTS, HEALS)
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


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["slots", "thread"])
def test_a_worker_that_is_stuck_ends(
    own_valkey: tuple[Process, str], tmp_path: Path, way: str
) -> None:
    _, url = own_valkey
    log = tmp_path / "worker"
    with worker_at(url, log, WORKER_STICKS=way) as worker:
        send_tasks(1)
        wait_until(lambda: worker.exit_code is not None)
    assert "worker_takes_nothing" in log.read_text()

    with worker_at(url, tmp_path / "next"):  # as its service manager does
        wait_until(lambda: are_all_taken(url))


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_with_something_long_or_nothing_to_do_stays(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with worker_at(url, tmp_path / "worker", "long") as worker:
        send_tasks(1, "long")
        wait_until(lambda: are_all_taken(url, "long"))
        time.sleep(LONGER_THAN_LOOKED_AT)  # with nothing to do
        assert worker.exit_code is None

        with tasks_wait():
            send_tasks(3, "long")
            wait_until(lambda: tasks_that_wait() == 1)
            time.sleep(LONGER_THAN_LOOKED_AT)
            assert worker.exit_code is None
        wait_until(lambda: are_all_taken(url, "long"))


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_to_end_finishes_what_it_has(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    log = tmp_path / "worker"
    with worker_at(url, log) as worker, tasks_wait() as go_on:
        send_tasks(1)
        wait_until(lambda: tasks_that_wait() == 1)
        worker.ask_to_end()
        wait_until(lambda: "Warm shutdown" in log.read_text())
        send_tasks(1)  # for the next one
        time.sleep(LONGER_THAN_LOOKED_AT)
        assert worker.exit_code is None
        go_on()
        wait_until(lambda: worker.exit_code is not None)
    assert "worker_takes_nothing" not in log.read_text()

    with worker_at(url, tmp_path / "next"):
        wait_until(lambda: are_all_taken(url))


REFUSALS = [  # of a Redis that a worker talks to; then it takes them back
    (["REPLICAOF 127.0.0.1 1"], ["REPLICAOF NO ONE"]),
    (["ACL SETUSER default -brpop -zadd"], ["ACL SETUSER default +@all"]),
    (["CONFIG SET maxmemory 1"], ["CONFIG SET maxmemory 0"]),
]


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_stays_while_its_broker_refuses(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with (
        worker_at(url, tmp_path / "worker") as worker,
        redis.Redis.from_url(url) as admin,
    ):
        for refusal, end_of_it in REFUSALS:
            send_tasks(1)
            wait_until(lambda: are_all_taken(url))
            for command in refusal:
                admin.execute_command(*command.split())
            time.sleep(REFUSES)
            for command in end_of_it:
                admin.execute_command(*command.split())
        send_tasks(1)
        wait_until(lambda: are_all_taken(url), HEALS)
        assert worker.exit_code is None


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
        wait_until(lambda: are_all_taken(url))
        assert worker.exit_code is None
