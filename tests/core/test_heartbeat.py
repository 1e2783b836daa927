"""Beat leaves a sign of life, by which two at once are seen."""

import time
from pathlib import Path

import pytest
from celery import current_app
from structlog.testing import capture_logs

from config.beat import PrivateScheduler
from phr.core import heartbeat, redis_client


def beat_in(folder: Path) -> PrivateScheduler:
    """A scheduler as `celery beat` makes it, which has not ticked yet."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return PrivateScheduler(current_app, schedule_filename=str(folder / "schedule"))


def test_each_tick_is_seen_until_the_beat_ends(tmp_path: Path) -> None:
    before = time.time()
    beat = beat_in(tmp_path / "one")
    assert heartbeat.last_tick() is None

    beat.tick()
    ticked = heartbeat.last_tick()

    assert ticked is not None
    assert before <= ticked <= time.time()
    beat.close()
    assert heartbeat.last_tick() is None


def test_a_second_beat_is_seen_and_named_by_both_once(tmp_path: Path) -> None:
    one, two = beat_in(tmp_path / "one"), beat_in(tmp_path / "two")

    with capture_logs() as logs:
        for beat in (one, two, one, two):
            beat.noted = 0.0
            beat.tick()

    named = [line["name"] for line in logs if line["event"] == "another_beat"]
    assert sorted(named) == sorted([one.name, two.name])
    assert {beat.name for beat in heartbeat.alive()} == {one.name, two.name}
    one.close()
    two.close()


def test_a_beat_that_was_killed_is_silent_after_a_minute() -> None:
    heartbeat.note_tick("killed", began=1_000.0, at=2_000.0)

    assert [beat.name for beat in heartbeat.alive(2_059.0)] == ["killed"]
    assert heartbeat.alive(2_060.0) == []
    assert heartbeat.last_tick() == 2_000.0


def test_a_beat_that_was_killed_and_followed_by_another_is_not_named(
    tmp_path: Path,
) -> None:
    now = time.time()
    heartbeat.note_tick("killed", began=now - 100, at=now - 1)
    beat = beat_in(tmp_path / "one")

    with capture_logs() as logs:
        beat.tick()

    assert [line for line in logs if line["event"] == "another_beat"] == []
    assert [each.name for each in heartbeat.alive()] == [beat.name]
    beat.close()


def test_what_a_killed_beat_left_goes_after_a_week() -> None:
    heartbeat.note_tick("killed", began=1_000.0, at=2_000.0)
    heartbeat.note_tick("one", began=3_000.0, at=2_000.0 + heartbeat.KEPT_FOR)
    assert {beat.name for beat in heartbeat.beats()} == {"killed", "one"}

    heartbeat.note_tick("one", began=3_000.0, at=2_001.0 + heartbeat.KEPT_FOR)

    assert {beat.name for beat in heartbeat.beats()} == {"one"}


def test_what_somebody_else_wrote_there_is_no_beat() -> None:
    redis_client.connection().hset(heartbeat.KEY, "odd", "not a time")

    assert heartbeat.beats() == []


@pytest.mark.parametrize("queue", ["urgent", "long"])
def test_a_worker_answers_with_its_queue(queue: str) -> None:
    current_app.tasks["phr.core.tasks.answer_doctor"](token="t", queue=queue)

    assert heartbeat.answered("t") == {queue}
    assert heartbeat.answered("another") == set()
