"""The documents' way of starting all processes at once, word by word."""

import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dev.application import readiness
from dev.places import CHECKOUT
from dev.valkey import free_port
from tests.running.test_beat import environment
from tests.waiting import wait_until

PROCESSES = {"web", "worker", "mail", "long", "beat"}
STARTED = re.compile(r"(\w+)\.1 +\| ")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def command_of_the_page(port: int) -> list[str]:
    text = (CHECKOUT / "docs" / "deployment.md").read_text(encoding="utf-8")
    command = re.findall(r"^honcho start .*$", text, re.MULTILINE)
    assert command == ["honcho start --port 8000"]
    words = shlex.split(command[0].replace("8000", str(port)))
    return [sys.executable, "-m", *words]


def test_what_the_page_starts_by_honcho_stays_where_it_was_asked_for(
    tmp_path: Path,
) -> None:
    port, log = free_port(), tmp_path / "log"
    with log.open("w") as output:
        honcho = subprocess.Popen(
            command_of_the_page(port),
            cwd=CHECKOUT,
            env=environment(
                STATE_DIRECTORY=tmp_path / "state",
                WEB_CONCURRENCY=1,
                ALLOWED_HOSTS="127.0.0.1",
            ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: honcho.poll() is not None or readiness(port)[0] == 200)
        wait_until(lambda: set(STARTED.findall(log.read_text())) >= PROCESSES)
        time.sleep(2)  # for what would end by itself, and take the others along
        assert honcho.poll() is None
        assert readiness(port)[0] == 200
    finally:
        honcho.send_signal(signal.SIGTERM)
        honcho.wait(60)
    assert readiness(port) == (0, [])
