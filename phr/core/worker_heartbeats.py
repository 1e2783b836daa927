"""Signs of life that workers leave in Redis, one set for each queue.

A worker that hangs leaves none: they come from the loop that takes its messages. One
that is asked to end takes its own away, and may still finish what it has.
"""

import time
from typing import Any

import redis
import structlog

from phr.core.queues import Queue
from phr.core.redis_client import connection

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_NOTES = 10.0
SILENT_AFTER = 60.0  # seconds
noted = {"at": 0.0}  # by this process


def note(sender: Any, **_: Any) -> None:
    """Write that this worker is alive, or ends (a receiver of `heartbeat_sent`).

    :param sender: Celery's heart. It beats every two seconds, and when it stops.
    """
    eventer, now = sender.eventer, time.time()
    if is_ending():
        sign_off(eventer.hostname)
    elif now - noted["at"] >= SECONDS_BETWEEN_NOTES:
        noted["at"] = now
        note_worker(eventer.hostname, eventer.app.amqp.queues.consume_from, at=now)


def is_ending() -> bool:
    """Whether this worker was asked to end, and so takes no message any more."""
    from celery.worker import state  # only a worker needs all that it brings

    return (state.should_stop, state.should_terminate) != (None, None)


def note_worker(name: str, queues: Any, *, at: float) -> None:
    """Write who works at these queues, and forget who was silent for long."""
    try:
        for queue in Queue:
            if queue in queues:
                connection().zadd(key_of(queue), {name: at})
                connection().zremrangebyscore(key_of(queue), 0, at - SILENT_AFTER)
    except redis.RedisError as error:
        log.debug("worker_not_noted", error=type(error).__name__)


def sign_off(name: str) -> None:
    """Take a worker's signs of life away; without Redis they end by themselves."""
    try:
        for queue in Queue:
            connection().zrem(key_of(queue), name)
    except redis.RedisError as error:
        log.debug("worker_not_signed_off", error=type(error).__name__)


def alive(queue: Queue, *, at: float) -> int:
    """How many workers take messages from a queue now.

    :raises RedisError: nobody can say.
    """
    return int(connection().zcount(key_of(queue), at - SILENT_AFTER, "+inf"))


def key_of(queue: Queue) -> str:
    return f"workers:{queue}"
