"""A worker that takes nothing although messages wait exits, so that a new one starts.

Such a worker still answers pings (docs/adr/0044), so it has to notice by itself. Its
service manager starts it again.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import redis
import structlog

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_LOOKS = 10
LOOKS_UNTIL_STUCK = 6
SECONDS_TO_END = 30


class Watch:
    """Looks now and then whether the worker gets on.

    :param queues: the names of those that it works at.
    :param taken: how many tasks it has taken since it began.
    :param has_room: whether it could take another.
    """

    def __init__(
        self,
        queues: Iterable[str],
        taken: Callable[[], int],
        has_room: Callable[[], bool],
    ) -> None:
        self.queues, self.taken, self.has_room = list(queues), taken, has_room
        self.seen, self.in_vain = taken(), 0

    def is_stuck(self) -> bool:
        """Look once; whether it took nothing at so many looks, and should have."""
        before, self.seen = self.seen, self.taken()
        idle = self.seen == before and self.has_room() and self.does_work_wait()
        self.in_vain = self.in_vain + 1 if idle else 0
        return self.in_vain >= LOOKS_UNTIL_STUCK

    def does_work_wait(self) -> bool:
        """Whether messages wait that Redis lets a worker take."""
        from phr.core import observing, redis_client  # Django has to be set up first

        try:
            client = redis_client.connection()
            if any(client.llen(queue) for queue in self.queues):
                take_own_message(client)
                return True
        except redis.RedisError:
            pass
        except Exception as error:  # noqa: BLE001 - the thread has to go on
            observing.note_failure("waiting_tasks", error)
        return False

    def watch(self) -> None:
        while not self.is_stuck():
            time.sleep(SECONDS_BETWEEN_LOOKS)
        log.critical("worker_takes_nothing", queues=self.queues)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(SECONDS_TO_END)
        os._exit(1)  # its main thread hangs as well


def take_own_message(client: redis.Redis) -> None:
    """Do what taking a message takes, all of it or nothing.

    :raises RedisError: Redis only reads, is full, or does not let us.
    """
    with client.pipeline() as together:
        together.lpush("watch", "")
        together.brpop("watch", timeout=1)
        together.zadd("watch_index", {"": 0})
        together.zrem("watch_index", "")
        together.execute()


def watch_over(sender: Any, **_: Any) -> None:
    """Watch over a worker that is ready (a receiver of `worker_ready`).

    :param sender: Celery's consumer.
    """
    from celery.worker import state

    def has_room() -> bool:
        if state.should_stop is not None:  # it finishes what it has, and takes no more
            return False
        return len(state.active_requests) < int(sender.pool.num_processes)

    watch = Watch(
        sender.app.amqp.queues.consume_from, lambda: state.all_total_count[0], has_room
    )
    threading.Thread(target=watch.watch, name="watch", daemon=True).start()
