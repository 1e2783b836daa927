"""What becomes of the web processes when the main one is killed."""

import os
import signal
import subprocess
import sys

import pytest

from benchmarks.cpu import family, stat
from dev import places
from dev.application import web_command
from dev.valkey import free_port
from tests.running.conftest import Run, await_start
from tests.running.talking import connected
from tests.waiting import wait_until

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


# Two are started; the first is slow to begin, and both are slow to end.
SLOW_TO_BEGIN = """
import multiprocessing, signal, time
from server.parent_process import end_with_parent

def work(seconds):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(seconds)
    end_with_parent()
    time.sleep(300)

if __name__ == "__main__":
    processes = multiprocessing.get_context("fork")
    multiprocessing.set_start_method("fork", force=True)
    both = [processes.Process(target=work, args=[seconds]) for seconds in (2, 0)]
    for each in both:
        each.start()
    print(*(each.pid for each in both), flush=True)
    time.sleep(300)
"""


def test_one_that_was_still_starting_when_it_was_killed_ends_as_well() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_TO_BEGIN],
        cwd=places.CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    ) as main:
        assert main.stdout
        workers = [int(pid) for pid in main.stdout.readline().split()]
        main.kill()
    try:
        await_end(workers)
    finally:
        for pid in filter(is_running, workers):
            os.kill(pid, signal.SIGKILL)


def await_end(pids: list[int]) -> None:
    wait_until(lambda: not any(map(is_running, pids)), lambda: pids)


def is_running(pid: int) -> bool:
    """Whether it is; one that has ended may wait until somebody asks how (zombie)."""
    try:
        return stat(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
