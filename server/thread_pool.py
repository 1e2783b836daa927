"""Threads that work on requests in fair turns."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Any

from phr.core.postgres.cancellation import Work
from server.asgi_messages import ClientHasGone
from server.fair_queue import FairQueue
from server.fair_share import Bounds, Sender
from server.lane_metrics import WAIT_SECONDS


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A request that waits for a thread.

    :param pool: in which it waits, or is worked on.
    :param answer: what the event loop waits for.
    :param no_turn: makes the error for it, if it is to give way to another, or to wait
        no longer.
    :param kept_by: what it stays in flight for when the work is done, if anything.
    :param since: when it came, by `time.monotonic`.
    """

    pool: "ThreadPool"
    sender: Sender
    units: int
    work: Callable[[], Any]
    answer: "asyncio.Future[Any]"
    no_turn: Callable[[], Exception]
    kept_by: Callable[[], Any]
    since: float
    in_thread: Work = field(default_factory=Work)

    @property
    def patience(self) -> float:
        return self.pool.patience

    def leave_line(self) -> bool:
        """:returns: whether it was waiting; a running request continues."""
        if not self.pool.queue.remove(self.sender, self):
            return False
        self.answer.set_exception(ClientHasGone())
        return True

    def give_up(self) -> None:
        """Answer now, that there was no turn; what a thread does for it is stopped."""
        if not self.pool.queue.remove(self.sender, self):
            self.in_thread.stop()
        refuse_turn(self)


class ThreadPool:
    """Some threads and the fair queue before them; to be used on the event loop.

    :param patience: seconds until there is to be an answer, or a part of it.

    The loop decides who is next and so needs no lock: a thread gets its request by a
    queue and reports with `call_soon_threadsafe`.
    """

    def __init__(self, name: str, bounds: Bounds, patience: float) -> None:
        self.patience = patience
        self.name, self.queue = name, FairQueue[Job](bounds, refuse_turn)
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self.waited = WAIT_SECONDS.labels(name)
        self.has_threads = False

    def submit(
        self,
        sender: Sender,
        units: int,
        work: Callable[[], Any],
        no_turn: Callable[[], Exception],
        kept_by: Callable[[], Any] = lambda: None,
    ) -> Job:
        """Let some work wait for its turn.

        :returns: with its result to come, or what `no_turn` makes.
        :raises InFlightAlready, LineIsFull: as `FairQueue.add`.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        at = time.monotonic()
        job = Job(self, sender, units, work, answer, no_turn, kept_by, at)
        self.queue.add(sender, units, job, at=at)
        self.hand_out(at)
        return job

    def hand_out(self, at: float) -> None:
        if not self.has_threads:
            self.start_threads()
        while job := self.queue.take(at=at):
            self.jobs.put(job)

    def start_threads(self) -> None:
        """Not before the first request: the server may fork its processes."""
        self.has_threads = True
        for number in range(self.queue.bounds.workers):
            name = f"{self.name}-{number}"
            Thread(target=self.work, name=name, daemon=True).start()

    def work(self) -> None:
        while True:
            job = self.jobs.get()
            began = time.monotonic()
            self.waited.observe(began - job.since)
            result, error = None, None
            try:
                # In a context of its own: a thread keeps no variable for the next one.
                result = Context().run(job.in_thread.run, job.work)
            except BaseException as raised:  # noqa: BLE001 - whoever waits gets it
                error = raised
            seconds, loop = time.monotonic() - began, job.answer.get_loop()
            with suppress(RuntimeError):  # the server has stopped meanwhile
                loop.call_soon_threadsafe(self.finish, job, seconds, result, error)
            del job, result, error

    def finish(
        self, job: Job, seconds: float, result: Any, error: BaseException | None
    ) -> None:
        at = time.monotonic()
        self.queue.finish(job.sender.key, seconds=seconds, at=at)
        if kept := job.kept_by():
            kept.add_done_callback(lambda _: self.release(job))
        else:
            self.release(job)
        self.hand_out(at)
        if job.answer.done():
            return
        if error is None:
            job.answer.set_result(result)
        else:
            job.answer.set_exception(error)

    def release(self, job: Job) -> None:
        self.queue.release(job.sender, job.units)


def refuse_turn(job: Job) -> None:
    if not job.answer.done():
        job.answer.set_exception(job.no_turn())
