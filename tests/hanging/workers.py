"""A real worker, and tasks that wait in it for as long as a test wants."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import redis
from celery import current_app
from django.db import connection

from dev import places
from dev.application import CELERY_WORKERS, worker_command
from dev.processes import Guard, Process, Start, end_all, start
from tests.broker import broker_at
from tests.running.conftest import database_url, environment
from tests.waiting import WAITING

PATIENCE = 120  # seconds
HEALS = 30  # seconds
SLOTS = CELERY_WORKERS["worker"][1]


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


def processes_that_wait() -> list[int]:
    """The processes of PostgreSQL in which the tasks wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING.replace("count(*)", "pid"))
        return [pid for (pid,) in cursor.fetchall()]


def send_tasks(how_many: int, queue: str = "celery") -> None:
    """Tasks that find no event, once they may look for it."""
    for _ in range(how_many):
        values = {"event_id": str(uuid4())}
        current_app.send_task("phr.core.tasks.deliver_event", None, values, queue=queue)


def are_all_taken(url: str, queue: str = "celery") -> bool:
    """Whether no message waits; one that was not acknowledged may be kept for hours."""
    with redis.Redis.from_url(url) as broker:
        return not broker.llen(queue)


def are_all_acknowledged(url: str) -> bool:
    with redis.Redis.from_url(url) as broker:
        return are_all_taken(url) and not broker.hlen("unacked")
