"""`make monitoring-test`: a real Prometheus watches a real run.

It scrapes all processes of the application, each expression of deploy/monitoring is
asked of it, a killed process must take away nothing that it has counted, and an alert
is made to fire and to clear. Needs Debian's package `prometheus` with its `promtool`.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from dev import places
from dev.application import (
    HOST,
    application,
    await_web,
    environment_for,
    worker_command,
)
from dev.console import CannotGoOn, say, speak_plainly, step
from dev.monitoring_files import (
    CONFIGURATIONS,
    FILES,
    OF_REPLICAS,
    alert_rules,
    dashboard_queries,
    for_a_test,
    metric_names,
)
from dev.processes import Guard, Process, Start, end_all, start
from dev.valkey import free_port

PASSWORD = "quite a long sentence 9"
SECONDS_OF_TRAFFIC = 12
PATIENCE = 150  # seconds, for what Prometheus is to find out


@dataclass(frozen=True)
class Prometheus:
    url: str

    def ask(self, query: str) -> list[dict[str, Any]]:
        """:raises CannotGoOn: it is no query, or has no answer."""
        answer = requests.get(
            f"{self.url}/api/v1/query", params={"query": query}, timeout=10
        ).json()
        if answer["status"] != "success":
            raise CannotGoOn(f"{query}: {answer.get('error')}")
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def value(self, query: str) -> float:
        found = self.ask(query)
        return float(found[0]["value"][1]) if found else 0.0

    def firing(self) -> set[str]:
        return {each["metric"]["alertname"] for each in self.ask(FIRING)}

    def is_up(self) -> bool:
        with contextlib.suppress(requests.RequestException, CannotGoOn):
            return bool(self.ask("up == 1"))
        return False


FIRING = 'ALERTS{alertstate="firing"}'


def main() -> int:
    speak_plainly()
    missing = [name for name in ("prometheus", "promtool") if not shutil.which(name)]
    if missing:
        say(f"{' and '.join(missing)}: not found. apt-get install prometheus")
        return 1
    try:
        check_files()
        with tempfile.TemporaryDirectory() as folder, Guard() as guard:
            watch_a_run(Path(folder), guard)
    except CannotGoOn as trouble:
        say(str(trouble))
        return 1
    return 0


def check_files() -> None:
    with step("Checking deploy/monitoring with promtool"):
        for name in CONFIGURATIONS:
            checked = subprocess.run(
                ["promtool", "check", "config", str(FILES / name)],
                capture_output=True,
                text=True,
                check=False,
            )
            if checked.returncode:
                raise CannotGoOn(checked.stdout + checked.stderr)


def watch_a_run(folder: Path, guard: Guard) -> None:
    port, metrics_port = free_port(), free_port()
    env = environment_for({}, port) | {
        "METRICS_PORT": str(metrics_port),
        "METRICS_DIRECTORY": str(folder / "metrics"),
        "STATE_DIRECTORY": str(folder),
        "ALLOWED_HOSTS": HOST,
        "LOG_LEVEL": "ERROR",
    }
    manage = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    with step("Making the tables"):
        subprocess.run(manage, env=env, cwd=places.CHECKOUT, check=True)
    with application(port, env, guard) as processes:
        with step("Starting web, workers and beat"):
            await_web(port, processes)
        with prometheus(folder, metrics_port, guard) as watcher, traffic(port):
            time.sleep(SECONDS_OF_TRAFFIC)
            expect_calm(watcher)
            ask_everything(watcher)
            kill_a_process(watcher, processes, folder / "metrics")
            fire_and_clear(watcher, processes, env, guard)


@contextlib.contextmanager
def prometheus(folder: Path, scraped: int, guard: Guard) -> Iterator[Prometheus]:
    port = free_port()
    config = for_a_test(folder, scraped)
    command = ["prometheus", f"--config.file={config}"]
    command += [f"--storage.tsdb.path={folder / 'data'}"]
    command += [f"--web.listen-address={HOST}:{port}", "--log.level=warn"]
    how = Start(command, dict(os.environ), cwd=folder, log=folder / "log")
    process = start("prometheus", how, guard)
    watcher = Prometheus(f"http://{HOST}:{port}")
    try:
        with step("Starting Prometheus"):
            wait_for("Prometheus scrapes nothing.", watcher.is_up)
        yield watcher
    finally:
        end_all([process])


@contextlib.contextmanager
def traffic(port: int) -> Iterator[None]:
    """Somebody registers, writes, searches, and mistypes things, again and again."""
    is_over = threading.Event()
    person = register(port)

    def visit() -> None:
        while not is_over.wait(0.2):
            use(port, person)

    for number in range(12):  # more than an account may be guessed at
        body = {"username": person["username"], "password": f"wrong {number}"}
        requests.post(url(port, "auth/login/"), json=body, timeout=10)
    thread = threading.Thread(target=visit, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def register(port: int) -> dict[str, str]:
    person = {
        "username": "pat",
        "email": "pat@example.org",
        "first_name": "Pat",
        "last_name": "Example",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "user_type": "PATIENT",
    }
    answer = requests.post(url(port, "auth/register/"), json=person, timeout=10)
    if answer.status_code != 201:
        raise CannotGoOn(f"Registering was answered with {answer.status_code}.")
    token = answer.json()["tokens"]["access"]
    export = requests.post(
        url(port, "account/export/"), headers=bearer(token), timeout=10
    )
    if export.status_code not in (201, 202):
        raise CannotGoOn(f"Asking for an export: {export.status_code}.")
    return person | {"token": token}


def use(port: int, person: Mapping[str, str]) -> None:
    headers = bearer(person["token"])
    record = {
        "record_type": "CHECKUP",
        "title": "Yearly check-up",
        "visit_date": "2026-03-02T09:00:00Z",
    }
    with contextlib.suppress(requests.RequestException):  # as web processes are killed
        requests.post(
            url(port, "health-records/"), json=record, headers=headers, timeout=10
        )
        requests.get(url(port, "health-records/"), headers=headers, timeout=10)
        requests.get(url(port, "nothing/"), headers=headers, timeout=10)
        requests.get(f"http://{HOST}:{port}/admin/", timeout=10)


def url(port: int, path: str) -> str:
    return f"http://{HOST}:{port}/api/{path}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def expect_calm(watcher: Prometheus) -> None:
    """Nothing is wrong, so no alert may fire; some need signs of life before."""
    with step("Waiting until no alert fires"):
        wait_for(
            lambda: f"Firing: {', '.join(sorted(watcher.firing()))}.",
            lambda: not watcher.firing(),
        )


def ask_everything(watcher: Prometheus) -> None:
    rules, queries = alert_rules(), dashboard_queries()
    with step(f"Asking {len(rules)} alerts and {len(queries)} queries of panels"):
        for query in [*rules.values(), *queries]:
            watcher.ask(query)
        told = [name for name in metric_names() if name not in OF_REPLICAS]
        silent = [name for name in told if not watcher.ask(name)]
        if silent:
            raise CannotGoOn(f"Nobody tells: {', '.join(silent)}")
        empty = [query for query in queries if not watcher.ask(query)]
        if empty:
            raise CannotGoOn("Panels without data: " + "; ".join(empty))


def kill_a_process(watcher: Prometheus, processes: list[Process], folder: Path) -> None:
    """What it has counted stays, its file goes, and the sums never fall."""
    total = 'sum(phr_tasks_total{outcome="success"})'
    with step("Killing a process of a worker"):
        before = watcher.value(total)
        worker = next(process for process in processes if process.name == "worker")
        file = counting_child_of(worker, folder)
        os.kill(int(file.stem.rpartition("_")[2]), signal.SIGKILL)
        wait_for("Its file stays.", lambda: not file.exists())
        time.sleep(3)
        falls = watcher.value(f"resets({total}[1m:1s])")
        if falls or not watcher.value(total) >= before > 0:
            raise CannotGoOn("What the killed process had counted is gone.")


def counting_child_of(process: Process, folder: Path) -> Path:
    """Where one of the processes that work for this one counts."""
    children = subprocess.run(
        ["pgrep", "--parent", str(process.popen.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    files = (folder / f"counter_{pid}.db" for pid in children.stdout.split())
    return next(file for file in files if file.exists())


def fire_and_clear(
    watcher: Prometheus,
    processes: list[Process],
    env: Mapping[str, str],
    guard: Guard,
) -> None:
    long = next(process for process in processes if process.name == "long")
    with step("Stopping a worker, until PhrNoWorker fires"):
        end_all([long])
        processes.remove(long)
        wait_for("It does not fire.", lambda: "PhrNoWorker" in watcher.firing())
    with step("Starting it, until PhrNoWorker clears"):
        how = Start(worker_command("long"), env, cwd=places.CHECKOUT)
        processes.append(start("long", how, guard))
        wait_for("It still fires.", lambda: "PhrNoWorker" not in watcher.firing())


def wait_for(trouble: str | Callable[[], str], is_true: Callable[[], bool]) -> None:
    """:raises CannotGoOn: says what the trouble is, if it is not true in time."""
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > deadline:
            raise CannotGoOn(trouble if isinstance(trouble, str) else trouble())
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
