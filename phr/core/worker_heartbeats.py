"""Signs of life that workers leave in Redis, one set for each queue.

A worker that hangs leaves none: they come from the loop that takes its messages.
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
    """Write that this worker is alive (a receiver of `heartbeat_sent`).

    :param sender: Celery's heart, which beats every two seconds.
    """
    now = time.time()
    if now - noted["at"] < SECONDS_BETWEEN_NOTES:
        return
    noted["at"] = now
    eventer = sender.eventer
    note_worker(eventer.hostname, eventer.app.amqp.queues.consume_from, at=now)


def note_worker(name: str, queues: Any, *, at: float) -> None:
    """Write who works at these queues, and forget who was silent for long."""
    try:
        for queue in Queue:
            if queue in queues:
                connection().zadd(key_of(queue), {name: at})
                connection().zremrangebyscore(key_of(queue), 0, at - SILENT_AFTER)
    except redis.RedisError as error:
        log.debug("worker_not_noted", error=type(error).__name__)


def alive(queue: Queue, *, at: float) -> int:
    """How many workers take messages from a queue now.

    :raises RedisError: nobody can say.
    """
    return int(connection().zcount(key_of(queue), at - SILENT_AFTER, "+inf"))


def key_of(queue: Queue) -> str:
    return f"workers:{queue}"
