"""Workers and beat: a task really goes through each queue, and beat ticks."""

import secrets
import time
from collections.abc import Collection, Iterator
from typing import cast

from celery import current_app

from phr.core import heartbeat, redis_client
from phr.core.queues import Queue
from phr.operations.findings import Finding, Part

WORKERS, BEAT = Part("workers"), Part("beat")
TASK = "phr.core.tasks.answer_doctor"
SECONDS_BETWEEN_LOOKS = 0.1
ANSWERS_WITHIN = 5.0  # seconds
SENT_FOR_NOTHING_AFTER = 60  # seconds; then no worker runs it any more


def examine_workers(patience: float) -> Iterator[Finding]:
    """Send a task through each queue, and await that workers have run it.

    :param patience: for how many seconds.
    """
    waiting = {name: redis_client.connection().llen(name) for name in Queue.values}
    listened = queues_with_workers(patience) & waiting.keys()
    silent = listened - answering(listened, patience)
    for queue in sorted(waiting.keys() - listened):
        yield WORKERS.error(
            f"No worker that answers listens to the queue {queue}; {waiting[queue]} "
            "messages wait. Nothing is lost meanwhile.",
            "Start the worker of the Procfile that has it in --queues.",
        )
    for queue in sorted(silent):
        yield WORKERS.warning(
            f"The worker of the queue {queue} ran no task within {patience:g} seconds; "
            f"{waiting[queue]} messages waited before. It may be busy.",
            "Try again; if it stays so, restart that worker, or start another.",
        )
    if listened == waiting.keys() and not silent:
        yield WORKERS.ok("A task went through a worker of each queue.")


def answering(queues: Collection[str], patience: float) -> set[str]:
    """The queues through which a task was run in time."""
    token = secrets.token_hex(16)
    for queue in queues:
        current_app.send_task(
            TASK,
            kwargs={"token": token, "queue": queue},
            queue=queue,
            expires=SENT_FOR_NOTHING_AFTER,
        )
    ends = time.monotonic() + patience
    answered = heartbeat.answered(token)
    while len(answered) < len(queues) and time.monotonic() < ends:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        answered = heartbeat.answered(token)
    return answered


def queues_with_workers(patience: float) -> set[str]:
    """The queues that a worker which answers listens to.

    Where none answers at all it is asked again: a busy one takes more than a second.
    """
    ends = time.monotonic() + min(patience, ANSWERS_WITHIN)
    told = ask_for_queues()
    while not told and time.monotonic() < ends:
        told = ask_for_queues()
    return {queue["name"] for theirs in told.values() for queue in theirs}


def ask_for_queues() -> dict[str, list[dict[str, str]]]:
    """The queues of each worker that answers within a second."""
    told = current_app.control.inspect(timeout=1.0).active_queues() or {}
    return cast(dict[str, list[dict[str, str]]], told)


def examine_beat() -> Iterator[Finding]:
    """Whether beat ticks."""
    ticked = heartbeat.last_tick()
    if ticked is None:
        yield silent_beat("has not ticked")
    elif (ago := time.time() - ticked) >= heartbeat.SILENT_AFTER:
        yield silent_beat(f"ticked last {ago:.0f} seconds ago")
    else:
        yield BEAT.ok(f"Beat ticked {max(ago, 0):.0f} seconds ago.")


def silent_beat(what: str) -> Finding:
    return BEAT.error(
        f"Beat {what}: failed deliveries are not retried, nothing is sealed or "
        "purged. Nothing is lost.",
        "Start `celery --app config.celery:app beat`.",
    )
