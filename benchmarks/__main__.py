"""`make bench`: what the page that everybody reads costs, in CPU per request."""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
os.environ.setdefault("SECRET_KEY", "benchmark-only-secret-key-0123456789")
os.environ.setdefault("JWT_SIGNING_KEY", "benchmark-only-signing-key-0123456789")
os.environ.setdefault("LEDGER_SIGNING_KEY", "benchmark-only-ledger-key-0123456789")
os.environ.setdefault("ENCRYPTION_KEY", "benchmark-only-encryption-key-0123456789")
os.environ.setdefault("PUBLIC_URL", "https://127.0.0.1")
os.environ.setdefault("EMAIL_URL", "console:")
os.environ.setdefault("EMAIL_FROM", "records@localhost")
os.environ.setdefault("DOCTOR_MFA_REQUIRED", "off")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
os.environ.setdefault("ACCESS_TOKEN_LIFETIME", "3600")  # longer than the whole run
os.environ["TRUSTED_PROXIES"] = "127.0.0.1"  # to pass for the proxy that has https
os.environ["LOG_LEVEL"] = "WARNING"
django.setup()

from django.core.management import call_command  # noqa: E402 - after the setup
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.fill import fill  # noqa: E402
from dev.application import web_command  # noqa: E402
from phr.accounts.models import User  # noqa: E402
from phr.accounts.services import start_session  # noqa: E402
from phr.health_records.models import HealthRecord  # noqa: E402

WORKERS, CONNECTIONS, ROUNDS = 2, 8, 3
SECONDS = 5  # of load in each round
SECONDS_TO_START = 30
TICKS = os.sysconf("SC_CLK_TCK")  # CPU time in /proc is counted in these


@dataclass(frozen=True)
class Question:
    """A request that is measured, and who asks it."""

    name: str
    path: str
    username: str


@dataclass(frozen=True)
class Figures:
    requests_a_second: float
    app_ms: float  # CPU of the web server's processes for one request
    postgres_ms: float  # CPU of PostgreSQL's backends for one request


def main() -> int:
    options = read_options()
    if shutil.which("wrk") is None:
        print("The load comes from wrk: install it (Debian: apt install wrk).")
        return 1
    call_command("migrate", verbosity=0)
    if not HealthRecord.objects.exists():
        fill(options.records)
    with web_server(options.port) as pid:
        for question in questions():
            report(question, measure_rounds(question, options.port, pid))
    return 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=18_000)
    return parser.parse_args()


def questions() -> list[Question]:
    record = HealthRecord.objects.filter(patient__user__username="patient7").first()
    assert record is not None
    return [
        Question("nothing but an answer", "/health/", "patient7"),
        Question("list of 20 records, patient", "/api/health-records/", "patient7"),
        Question("list of 20 records, doctor", "/api/health-records/", "doctor0"),
        Question(
            "one record, patient", f"/api/health-records/{record.pk}/", "patient7"
        ),
        Question("notifications", "/api/notifications/", "patient7"),
        Question("my patients", "/api/health-records/my-patients/", "doctor0"),
    ]


@contextmanager
def web_server(port: int) -> Iterator[int]:
    """Start what `make run` starts, and stop it.

    :returns: the process id of its parent process.
    """
    server = subprocess.Popen(web_command(port, WORKERS))
    try:
        wait_until_it_answers(port)
        yield server.pid
    finally:
        server.terminate()
        server.wait(timeout=SECONDS_TO_START)


def wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the web server does not answer")


def measure_rounds(question: Question, port: int, pid: int) -> list[Figures]:
    token = start_session(
        user=User.objects.get(username=question.username), at=timezone.now()
    ).access
    refuse_empty(question, port, token)
    load(question, port, token, seconds=2)  # warm: connections, plans, caches
    return [measure(question, port, token, pid) for _ in range(ROUNDS)]


def refuse_empty(question: Question, port: int, token: str) -> None:
    """A page of records that shows none is quick, and says nothing.

    :raises RuntimeError: that is what is answered.
    """
    if not question.path.startswith("/api/health-records/"):
        return
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{question.path}",
        headers={"Authorization": f"Bearer {token}", "X-Forwarded-Proto": "https"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        if b'"results":[]' in answer.read():
            raise RuntimeError(f"an empty page: {question.path}")


def measure(question: Question, port: int, token: str, pid: int) -> Figures:
    app, postgres = cpu_seconds(family(pid)), cpu_seconds(backends())
    count = load(question, port, token, seconds=SECONDS)
    app_used = cpu_seconds(family(pid)) - app
    postgres_used = cpu_seconds(backends()) - postgres
    return Figures(
        count / SECONDS, 1_000 * app_used / count, 1_000 * postgres_used / count
    )


def load(question: Question, port: int, token: str, seconds: int) -> int:
    """Ask the question for some seconds and say how often it was answered.

    :raises RuntimeError: an answer was not a success.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f'wrk.headers["Authorization"] = "Bearer {token}"\n')
        script.write('wrk.headers["X-Forwarded-Proto"] = "https"\n')
        script.flush()
        url = f"http://127.0.0.1:{port}{question.path}"
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s"]
        done = subprocess.run(
            [*command, script.name, url], capture_output=True, text=True, check=True
        )
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    found = re.search(r"(\d+) requests in", done.stdout)
    assert found is not None
    return int(found[1])


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


def backends() -> list[int]:
    """The processes of PostgreSQL that serve connections, on this machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def cpu_seconds(pids: list[int]) -> float:
    return sum(ticks(pid) for pid in pids) / TICKS


def ticks(pid: int) -> int:
    """User and system time of a process: fields 14 and 15 of its stat (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def report(question: Question, rounds: list[Figures]) -> None:
    app = statistics.median(figures.app_ms for figures in rounds)
    postgres = statistics.median(figures.postgres_ms for figures in rounds)
    rate = statistics.median(figures.requests_a_second for figures in rounds)
    print(
        f"{question.name:30}  application {app:6.2f} ms   PostgreSQL {postgres:5.2f} ms"
        f"   of CPU per request   {rate:7.0f} requests/s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
