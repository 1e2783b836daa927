"""What tasks took, and what became of them, as Celery's signals tell it."""

from time import perf_counter
from typing import Any

from celery.signals import (
    heartbeat_sent,
    task_failure,
    task_postrun,
    task_prerun,
    task_retry,
    task_success,
    worker_ready,
)
from celery.states import FAILURE

from phr.core import worker_heartbeats
from phr.core.metrics import STATEMENT_SECONDS, STATEMENTS, TASK_SECONDS, TASKS
from phr.core.postgres.statement_tally import Finished, Tally, present, tell


def begin(task: Any, **_: Any) -> None:
    """Count from now on what a task asks of the database."""
    name = task.name
    present.set(Tally(lambda: name))


def end(task: Any, state: str = "", **_: Any) -> None:
    tally = present.get()
    if tally is None:
        return
    present.set(None)
    TASK_SECONDS.labels(task.name).observe(perf_counter() - tally.began)
    if tally.statements:
        STATEMENTS.labels(task.name).inc(tally.statements)
        STATEMENT_SECONDS.labels(task.name).inc(tally.seconds)
    tell(Finished("task", task.name, {}, state == FAILURE, tally))


def note_success(sender: Any, **_: Any) -> None:
    TASKS.labels(sender.name, "success").inc()


def note_failure(sender: Any, **_: Any) -> None:
    """Of a task that raised, or whose process died: that the main process tells."""
    TASKS.labels(sender.name, "failure").inc()


def note_retry(sender: Any, **_: Any) -> None:
    TASKS.labels(sender.name, "retry").inc()


def name_tasks(sender: Any, **_: Any) -> None:
    """Have each task known from the start: else its first failure would be no increase.

    :param sender: Celery's consumer, of a worker that is ready.
    """
    for name in sender.app.tasks:
        if name.startswith("phr."):
            for outcome in ("success", "failure", "retry"):
                TASKS.labels(name, outcome)


def listen() -> None:
    """Have Celery tell of the tasks of this process, and a worker that it lives."""
    worker_ready.connect(name_tasks)
    task_prerun.connect(begin)
    task_postrun.connect(end)
    task_success.connect(note_success)
    task_failure.connect(note_failure)
    task_retry.connect(note_retry)
    heartbeat_sent.connect(worker_heartbeats.note)
