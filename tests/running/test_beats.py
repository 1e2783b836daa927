"""Two processes of beat: one leads, and the other goes on where it was."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.beat import LEASE, MOST_BETWEEN_TICKS
from dev.application import beat_command
from dev.processes import Process
from phr.core import leases
from tests.running.conftest import Run
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

BUSY = 15  # seconds more, for a machine that others use


@pytest.fixture
def beats(run: Run, tmp_path: Path) -> Iterator[dict[int, Process]]:
    """Two, by their process ids."""
    command = beat_command()
    with (
        run("beat", command, STATE_DIRECTORY=str(tmp_path / "one")) as one,
        run("beat", command, STATE_DIRECTORY=str(tmp_path / "two")) as two,
    ):
        yield {beat.popen.pid: beat for beat in (one, two)}


def leader() -> int | None:
    """The process id of the beat that has the lease."""
    held = leases.held(leases.BEAT)
    return int(held.holder.split(":")[1]) if held and held.is_held else None


def await_another(old: int) -> None:
    seconds = LEASE + MOST_BETWEEN_TICKS + BUSY
    wait_until(lambda: leader() not in (None, old), leader, seconds)


def test_when_the_leader_is_killed_another_goes_on(beats: dict[int, Process]) -> None:
    wait_until(lambda: leader() in beats)
    old = leader()
    assert old is not None

    os.kill(old, signal.SIGKILL)
    beats[old].popen.wait()

    await_another(old)


def test_a_leader_that_was_frozen_leads_no_more(beats: dict[int, Process]) -> None:
    wait_until(lambda: leader() in beats)
    old = leader()
    assert old is not None

    os.kill(old, signal.SIGSTOP)
    try:
        await_another(old)
    finally:
        os.kill(old, signal.SIGCONT)
    new = leader()
    beats[old].ask_to_end()
    wait_until(lambda: beats[old].exit_code is not None)

    assert leader() == new


def test_a_leader_that_ends_hands_over_before_its_lease_does(
    beats: dict[int, Process],
) -> None:
    wait_until(lambda: leader() in beats)
    old = leader()
    assert old is not None

    beats[old].ask_to_end()

    wait_until(lambda: leader() not in (None, old), leader)
