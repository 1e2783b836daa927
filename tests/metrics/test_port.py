"""The port for Prometheus: what several processes have counted, the dead included."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.mmap_dict import MmapedDict

from dev.valkey import free_port
from phr.core import metrics
from server import metrics_port
from server.dead_processes import LivingAndDead, fold_dead_files
from tests.metrics.reading import fetch, total
from tests.production import NEEDED, ROOT
from tests.waiting import wait_until

# Counts as many pages as it is told, serves metrics where nobody does, and stays.
PROCESS = """
import sys
from phr.core.metrics import REQUESTS
from server.metrics_port import serve_metrics
REQUESTS.labels("health/", "GET", 200).inc(int(sys.argv[1]))
serve_metrics()
print("ready", flush=True)
sys.stdin.read()
"""
PAGES = "phr_http_requests_total"


@contextmanager
def process(port: int, folder: Path, pages: int) -> Iterator[subprocess.Popen[str]]:
    variables = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "METRICS_PORT": str(port),
        "METRICS_DIRECTORY": str(folder),
        "PATH": os.environ["PATH"],
    }
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(pages)],
        env=NEEDED | variables,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            assert started.stdout is not None
            assert started.stdout.readline() == "ready\n"
            yield started
        finally:
            started.kill()


def eventually_fetched(port: int) -> str:
    deadline = time.monotonic() + 20
    while True:
        try:
            return fetch(port)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_whoever_serves_tells_of_all_and_another_takes_over(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "metrics"
    with process(port, folder, 2) as first, process(port, folder, 3):
        assert total(eventually_fetched(port), PAGES, route="health/") == 5

        first.kill()
        first.wait()
        text = eventually_fetched(port)  # of the second process

        assert total(text, PAGES, route="health/", status="200") == 5
        files = {file.name for file in folder.glob("counter_*.db")}
        assert f"counter_{first.pid}.db" not in files
        assert "counter_0.db" in files


def test_whose_numbers_nobody_serves_knows_it(tmp_path: Path, settings: Any) -> None:
    settings.METRICS_DIRECTORY = str(tmp_path)
    assert not metrics_port.is_served()
    child = subprocess.Popen(["true"])
    child.wait()

    for process_id, is_served in ((os.getpid(), True), (child.pid, False)):
        metrics_port.note_file().write_text(str(process_id))
        assert metrics_port.is_served() is is_served


def test_what_the_dead_have_counted_is_kept_and_their_gauges_are_not(
    tmp_path: Path,
) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    for process_id in (child.pid, os.getpid()):
        write(tmp_path / f"counter_{process_id}.db", 2.0)
        write(tmp_path / f"gauge_livesum_{process_id}.db", 2.0)
    write(tmp_path / "counter_0.db", 5.0)

    for _ in range(2):
        fold_dead_files(tmp_path)

    values = {
        file.name: [v for _, v, *_ in MmapedDict.read_all_values_from_file(str(file))]
        for file in tmp_path.glob("*.db")
    }
    assert values == {
        "counter_0.db": [7.0],
        f"counter_{os.getpid()}.db": [2.0],
        f"gauge_livesum_{os.getpid()}.db": [2.0],
    }


@contextmanager
def served(settings: Any, folder: Path) -> Iterator[int]:
    """The port, in a thread of this process; nothing was counted."""
    settings.METRICS_DIRECTORY = str(folder)
    with metrics_port.Server(("127.0.0.1", 0), metrics_port.Handler) as server:
        server.set_app(make_wsgi_app(CollectorRegistry()))
        serving = threading.Thread(target=server.serve_forever, args=[0.05])
        serving.start()
        try:
            yield server.socket.getsockname()[1]
        finally:
            server.shutdown()
            serving.join()


def test_a_client_that_sends_byte_after_byte_is_cut_off(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_port, "SECONDS_FOR_A_CLIENT", 0.3)
    with (
        served(settings, tmp_path) as port,
        socket.create_connection(("127.0.0.1", port)) as slow,
    ):
        slow.settimeout(0.1)

        def is_cut_off() -> bool:
            try:
                slow.send(b"G")
                return slow.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        wait_until(is_cut_off)


def test_clients_that_never_end_their_request_keep_nobody_waiting(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_port, "SECONDS_FOR_A_CLIENT", 600)
    with served(settings, tmp_path) as port, ExitStack() as slow:
        for _ in range(2 * metrics_port.MOST_CLIENTS):
            client = socket.create_connection(("127.0.0.1", port))
            slow.enter_context(client).send(b"GET /metrics HTTP/1.1\r\n")

        for _ in range(metrics_port.MOST_CLIENTS + 1):
            fetch(port)


@pytest.mark.parametrize("left", [b"\xff" * 10, b"", b"\x20\0\0\0\0\0\0\0\4"])
def test_a_file_that_was_cut_off_takes_nothing_else_away(
    tmp_path: Path, left: bytes
) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    (tmp_path / f"counter_{child.pid}.db").write_bytes(left)
    write(tmp_path / "counter_0.db", 5.0)

    fold_dead_files(tmp_path)

    assert [file.name for file in tmp_path.glob("*.db")] == ["counter_0.db"]


def test_what_others_left_in_the_folder_stays_and_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / f"counter_{os.getpid()}.db", 5.0)
    (tmp_path / f"histogram_{os.getpid()}.db").touch()  # it has only begun
    others = ("patients_backup.db", "counter_old.db", "sums_999999999.db")
    for name in others:
        (tmp_path / name).write_bytes(b"theirs")

    (metric,) = LivingAndDead(tmp_path).collect()

    assert [sample.value for sample in metric.samples] == [5.0]
    assert all((tmp_path / name).read_bytes() == b"theirs" for name in others)


def write(file: Path, value: float) -> None:
    written = MmapedDict(str(file))
    written.write_value('["phr_x", "phr_x_total", {}, "X."]', value, 0.0)
    written.close()


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_write_to_is_not_used(
    tmp_path: Path, settings: Any, mode: int
) -> None:
    tmp_path.chmod(mode)
    settings.METRICS_PORT, settings.METRICS_DIRECTORY = 1, str(tmp_path)

    assert metrics.keep_in_files() is False
    assert list(tmp_path.iterdir()) == []
