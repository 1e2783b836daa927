"""Beat and workers leave signs of life."""

import pytest
from celery import current_app

from phr.core import heartbeat


def test_the_last_tick_is_known() -> None:
    assert heartbeat.last_tick() is None

    heartbeat.note_tick(2_000.5)

    assert heartbeat.last_tick() == 2_000.5


@pytest.mark.parametrize("queue", ["urgent", "long"])
def test_a_worker_answers_with_its_queue(queue: str) -> None:
    current_app.tasks["phr.core.tasks.answer_doctor"](token="t", queue=queue)

    assert heartbeat.answered("t") == {queue}
    assert heartbeat.answered("another") == set()
