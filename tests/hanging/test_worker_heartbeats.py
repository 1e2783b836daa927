"""Who counts as a worker that takes messages."""

from functools import partial
from pathlib import Path

import pytest

from dev.processes import Process
from phr.core.queues import Queue
from phr.core.redis_client import connection
from phr.core.worker_heartbeats import key_of
from tests.hanging.workers import (
    await_end,
    await_waiting,
    send_tasks,
    tasks_wait,
    told_by,
    worker_at,
)
from tests.waiting import wait_until


def noted() -> set[Queue]:
    """The queues of which somebody has noted to take messages, however long ago."""
    return {queue for queue in Queue if connection().exists(key_of(queue))}


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_to_end_does_not_count_while_it_finishes_what_it_has(
    valkey_in_use: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = valkey_in_use
    with worker_at(url, tmp_path / "worker") as worker, tasks_wait() as go_on:
        send_tasks(1)
        await_waiting(worker, 1)
        wait_until(lambda: Queue.URGENT in noted(), partial(told_by, worker))

        worker.ask_to_end()

        wait_until(lambda: not noted(), partial(told_by, worker))
        assert worker.exit_code is None
        go_on()
        await_end(worker)
        assert noted() == set()
