"""A worker that takes nothing ends, and no other does."""

import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from config import worker_watchdog
from config.worker_watchdog import Watch
from dev.processes import Process
from phr.core import redis_client
from tests.hanging.workers import (
    REFUSALS,
    await_end,
    await_taken,
    await_waiting,
    log_of,
    refusing,
    send_tasks,
    tasks_wait,
    told_by,
    worker_at,
)
from tests.waiting import wait_until

LONGER_THAN_LOOKED_AT = 6  # seconds; see sticking.py


@pytest.fixture
def message() -> Iterator[None]:
    """One that waits at the broker."""
    redis_client.connection().lpush("watched", "x")
    yield
    redis_client.connection().delete("watched")


def looks(watch: Watch) -> list[bool]:
    return [watch.is_stuck() for _ in range(worker_watchdog.LOOKS_UNTIL_STUCK)]


def test_a_worker_that_takes_nothing_although_messages_wait_is_stuck(
    message: None,
) -> None:
    watch = Watch(["other", "watched"], taken=lambda: 7, has_room=lambda: True)

    assert looks(watch) == [False] * (worker_watchdog.LOOKS_UNTIL_STUCK - 1) + [True]


def test_a_worker_that_works_or_has_nothing_to_do_is_not_stuck(message: None) -> None:
    numbers = count()
    takes = Watch(["watched"], taken=lambda: next(numbers), has_room=lambda: True)
    is_busy = Watch(["watched"], taken=lambda: 7, has_room=lambda: False)
    is_idle = Watch(["other"], taken=lambda: 7, has_room=lambda: True)

    for watch in (takes, is_busy, is_idle):
        assert not any(looks(watch))


@pytest.mark.parametrize(("refusal", "end_of_it"), REFUSALS)
def test_a_worker_that_may_not_take_what_waits_is_not_stuck(
    valkey_in_use: tuple[Process, str], refusal: str, end_of_it: str
) -> None:
    _, url = valkey_in_use
    redis_client.connection().lpush("watched", "x")
    watch = Watch(["watched"], taken=lambda: 7, has_room=lambda: True)

    with refusing(url, refusal, end_of_it):
        assert not any(looks(watch))
    assert looks(watch)[-1]
    # A thread of this process notes there, too, which statements it has sent.
    assert redis_client.connection().keys("watch*") == [b"watched"]


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["slots", "thread"])
def test_a_worker_that_is_stuck_ends(
    own_valkey: tuple[Process, str], tmp_path: Path, way: str
) -> None:
    _, url = own_valkey
    with worker_at(
        url, tmp_path / "worker", WORKER_IS_WATCHED="closely", WORKER_STICKS=way
    ) as worker:
        send_tasks(1)
        await_end(worker)
    assert "worker_takes_nothing" in log_of(worker)

    with worker_at(url, tmp_path / "next") as following:  # as its manager does
        await_taken(following)


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_with_something_long_or_nothing_to_do_stays(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with worker_at(
        url, tmp_path / "worker", "long", WORKER_IS_WATCHED="closely"
    ) as worker:
        send_tasks(1, "long")
        await_taken(worker, "long")
        time.sleep(LONGER_THAN_LOOKED_AT)  # with nothing to do
        assert worker.exit_code is None

        with tasks_wait():
            send_tasks(3, "long")
            await_waiting(worker, 1)
            time.sleep(LONGER_THAN_LOOKED_AT)
            assert worker.exit_code is None
        await_taken(worker, "long")


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_to_end_finishes_what_it_has(
    own_valkey: tuple[Process, str], tmp_path: Path
) -> None:
    _, url = own_valkey
    with (
        worker_at(url, tmp_path / "worker", WORKER_IS_WATCHED="closely") as worker,
        tasks_wait() as go_on,
    ):
        send_tasks(1)
        await_waiting(worker, 1)
        worker.ask_to_end()
        wait_until(lambda: "Warm shutdown" in log_of(worker), partial(told_by, worker))
        send_tasks(3)  # for the next one; this one may still get the first
        time.sleep(LONGER_THAN_LOOKED_AT)
        assert worker.exit_code is None
        go_on()
        await_end(worker)
    assert "worker_takes_nothing" not in log_of(worker)

    with worker_at(url, tmp_path / "next") as following:
        await_taken(following)
