"""What the processes of the Procfile write, and where to."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from dev.places import CHECKOUT
from dev.valkey import free_port
from phr.core import redis_client
from phr.core.queues import Queue
from tests.production import NEEDED
from tests.running.conftest import database_url
from tests.running.talking import answer_of
from tests.waiting import wait_until

PROCFILE = dict(
    re.findall(r"^(\w+): (.*)$", (CHECKOUT / "Procfile").read_text(), re.MULTILINE)
)
STARTED = {"web": "Started worker-1", "worker": "ready.", "beat": "Sending due task"}
BROKEN = b"GET /health/\r\n\r\n"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


def environment(folder: Path, port: int) -> dict[str, str]:
    """Production's, on the servers of the tests."""
    programs = Path(sys.executable).parent
    return NEEDED | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PORT": str(port),
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",  # of being root
        "STATE_DIRECTORY": str(folder / "state"),
        "WEB_CONCURRENCY": "1",
    }


@pytest.mark.parametrize("name", STARTED)
def test_a_process_writes_json_to_standard_error_and_nothing_elsewhere(
    tmp_path: Path, name: str
) -> None:
    output, log, port = tmp_path / "output", tmp_path / "log", free_port()
    with output.open("w") as out, log.open("w") as err:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {PROCFILE[name]}"],
            cwd=CHECKOUT,
            env=environment(tmp_path, port),
            stdout=out,
            stderr=err,
        )
    try:
        wait_until(lambda: STARTED[name] in log.read_text(), log.read_text)
        if name == "web":
            assert answer_of(port, BROKEN).status == 400
        if name == "beat":  # stopped while it sends it would stop with a traceback
            wait_until(
                lambda: redis_client.connection().llen(Queue.URGENT.value) > 0,
                log.read_text,
            )
    finally:
        process.terminate()
        process.wait(60)

    # Celery says so itself when it is told to stop, whatever is asked of it.
    assert output.read_text().strip() in ("", "worker: Warm shutdown (MainProcess)")
    written = log.read_text().splitlines()
    assert [line for line in written if not line.startswith("{")] == []
    lines = [json.loads(line) for line in written]
    assert lines
    for line in lines:
        assert line.keys() >= {"event", "level", "logger", "timestamp"}
        assert line["timestamp"].endswith("Z")
