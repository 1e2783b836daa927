"""A real worker, and tasks that wait in it for as long as a test wants."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import redis
from celery import current_app

from dev import places
from dev.application import CELERY_WORKERS, worker_command
from dev.processes import Guard, Process, Start, end_all, start
from tests.broker import broker_at
from tests.running.conftest import database_url, environment
from tests.waiting import wait_until, waiting_backends

SLOTS = CELERY_WORKERS["worker"][1]
REFUSALS = [  # of a Redis that a worker talks to, and what takes them back
    ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
    ("ACL SETUSER default -brpop -zadd", "ACL SETUSER default +@all"),
    ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
]


@contextmanager
def worker_at(
    broker: str, log: Path, name: str = "worker", **more: str
) -> Iterator[Process]:
    """A real worker, changed as `sticking.py` says for `more`."""
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
def refusing(url: str, refusal: str, end_of_it: str) -> Iterator[None]:
    with redis.Redis.from_url(url) as admin:
        admin.execute_command(*refusal.split())
        try:
            yield
        finally:
            admin.execute_command(*end_of_it.split())


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


def await_waiting(worker: Process, how_many: int) -> list[int]:
    """The processes of PostgreSQL in which the worker's tasks wait, once so many do."""
    wait_until(lambda: len(waiting_backends()) == how_many, partial(told_by, worker))
    return waiting_backends()


def await_taken(worker: Process, queue: str = "celery") -> None:
    """Wait until no message waits; one that is in hand may be so for hours."""
    with broker_of(worker) as broker:
        wait_until(lambda: not broker.llen(queue), partial(told_by, worker))


def await_acknowledged(worker: Process) -> None:
    """Wait until no message waits, and none is in hand any more."""
    with broker_of(worker) as broker:
        wait_until(
            lambda: not broker.exists("celery", "unacked"), partial(told_by, worker)
        )


def await_end(worker: Process) -> None:
    wait_until(lambda: worker.exit_code is not None, partial(told_by, worker))


def broker_of(worker: Process) -> redis.Redis:
    return redis.Redis.from_url(worker.how.env["REDIS_URL"])


def log_of(worker: Process) -> str:
    assert worker.how.log
    return worker.how.log.read_text()


def told_by(worker: Process) -> str:
    """How a worker and its tasks are, for who has waited in vain."""
    with broker_of(worker) as broker:
        wait = {name: broker.lrange(name, 0, -1) for name in ("celery", "long")}
        return (
            f"Exit code: {worker.exit_code}. Messages that wait: {wait}, that are in "
            f"hand: {broker.hgetall('unacked')}. Connections that wait for a lock: "
            f"{waiting_backends()}. The worker's log:\n{log_of(worker)}"
        )
