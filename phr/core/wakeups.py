"""Asking workers to deliver, from a thread beside the requests.

A message to the broker costs more than the rows of most changes, and a broker that is
unavailable or does not respond costs seconds. A request only leaves a word here.
Nothing depends on the thread: what it cannot send, and what it had yet to send when its
process ended, `replay_outbox` finds in the outbox. A message says of which queue a
worker is to deliver how many at least; which ones, their turns decide.
"""

import atexit
import os
import threading
import time
from collections import Counter
from queue import Empty, Full
from queue import Queue as Waiting

import structlog
from celery import current_app

from phr.core.queues import Queue

log = structlog.get_logger(__name__)

Wakeup = tuple[Queue, int]  # and how many of its events

# By its name: the task itself imports what sends this message.
DELIVER_NEXT = "phr.core.tasks.deliver_next"
MOST_WAITING = 10_000
MOST_IN_A_MESSAGE = 50
# Under load events share messages: no process sends more than fifty a second of one
# queue.
SECONDS_BETWEEN_MESSAGES = 0.02
LAST_SECONDS = 1.0


class Sender:
    """The thread of one process, and what waits for it."""

    def __init__(self) -> None:
        self.waiting: Waiting[Wakeup] = Waiting(MOST_WAITING)
        self.starting = threading.Lock()
        self.thread: threading.Thread | None = None

    def take(self, wakeup: Wakeup) -> None:
        """Have a wakeup sent; one too many is left to `replay_outbox`."""
        try:
            self.waiting.put_nowait(wakeup)
        except Full:
            return
        if self.thread is None:
            self.start()

    def start(self) -> None:
        with self.starting:
            if self.thread is None:
                self.thread = threading.Thread(
                    target=self.send_for_ever, name="wakeups", daemon=True
                )
                self.thread.start()

    def send_for_ever(self) -> None:
        while True:
            wakeups = self.next_wakeups()
            asked = sum_of(wakeups)
            try:
                send_each(asked)
            except Exception as error:  # noqa: BLE001 - the thread has to go on
                kind = type(error).__qualname__
                log.warning("workers_not_asked", events=asked.total(), error=kind)
            finally:
                for _ in wakeups:
                    self.waiting.task_done()
            time.sleep(SECONDS_BETWEEN_MESSAGES)

    def next_wakeups(self) -> list[Wakeup]:
        """Wait for one, and take what else is there."""
        wakeups = [self.waiting.get()]
        try:
            while len(wakeups) < MOST_IN_A_MESSAGE:
                wakeups.append(self.waiting.get_nowait())
        except Empty:
            pass
        return wakeups

    def is_done_within(self, seconds: float) -> bool:
        """Wait until all has been sent, or has failed."""
        deadline = time.monotonic() + seconds
        while self.waiting.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.001)
        return not self.waiting.unfinished_tasks


sender = Sender()


def wake_up(queue: Queue, events: int = 1) -> None:
    """Have workers deliver so many events, soon and without waiting for the broker."""
    sender.take((queue, events))


def sum_of(wakeups: list[Wakeup]) -> Counter[Queue]:
    asked: Counter[Queue] = Counter()
    for queue, events in wakeups:
        asked[queue] += events
    return asked


def send_each(asked: Counter[Queue]) -> None:
    """Send messages for so many events of each queue."""
    for queue, events in asked.items():
        for left in range(events, 0, -MOST_IN_A_MESSAGE):
            send(queue, min(left, MOST_IN_A_MESSAGE))


def send(queue: Queue, events: int) -> None:
    """Send one message."""
    current_app.send_task(
        DELIVER_NEXT, kwargs={"queue": str(queue), "events": events}, queue=str(queue)
    )


def begin_anew() -> None:
    """In a forked process there is no thread, and the parent sends what waits."""
    global sender  # noqa: PLW0603 - one for each process
    sender = Sender()


def finish() -> None:
    sender.is_done_within(LAST_SECONDS)


os.register_at_fork(after_in_child=begin_anew)
atexit.register(finish)
