"""What becomes of the web processes when the main one is killed."""

import os
import signal
import time

import pytest

from benchmarks.cpu import family, stat
from dev.application import web_command
from dev.valkey import free_port
from tests.running.conftest import Run, await_start
from tests.running.talking import connected

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_main_process_that_is_killed_leaves_no_other_running(run: Run) -> None:
    number = free_port()
    with run("orphans", web_command(number, workers=2)) as process:
        await_start(process, number)
        workers = family(process.popen.pid)[1:]
        assert len(workers) == 2
        with connected(number) as idle:
            idle.sendall(b"GET /health/ HT")  # a client does not keep them
            os.kill(process.popen.pid, signal.SIGKILL)
            process.popen.wait()
            await_end(workers)

    with pytest.raises(ConnectionRefusedError), connected(number):
        pass


def await_end(pids: list[int]) -> None:
    deadline = time.monotonic() + 120
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    """Whether it is; one that has ended may wait until somebody asks how (zombie)."""
    try:
        return stat(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
