"""The web servers that are compared, started and stopped."""

import contextlib
import http.client
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.cpu import largest_worker
from benchmarks.load import HOST
from dev.application import web_command

WORKERS = 2
SECONDS_TO_START = 60
# Has what production installs, and what the peers need: no tools of developers.
PYTHON = Path(".venv-bench/bin/python").absolute()
OURS = "ours"
WSGI = "django.core.wsgi:get_wsgi_application()"


@dataclass(frozen=True)
class Kind:
    """A way to answer.

    :param name: as it stands in the tables.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    """One that is up."""

    name: str
    port: int
    pid: int
    seconds_to_start: float
    memory_at_rest: float  # MiB of its largest process


def ours(port: int) -> Kind:
    """What `make run` starts, with the packages of production."""
    return Kind(OURS, web_command(port, WORKERS, str(PYTHON)))


def peers(port: int) -> list[Kind]:
    """All of them with two worker processes, as ours."""
    gunicorn = [str(PYTHON), "-m", "gunicorn", "--worker-class", "sync"]
    gunicorn += ["--workers", str(WORKERS), "--log-level", "warning"]
    package = "benchmarks.peers"
    drf = Kind(
        "plain DRF, gunicorn",
        [*gunicorn, "--bind", f"{HOST}:{port}", WSGI],
        {"DJANGO_SETTINGS_MODULE": f"{package}.drf_settings"},
    )
    return [
        drf,
        fastapi("FastAPI, SQLAlchemy", f"{package}.sqlalchemy", port + 1),
        fastapi("FastAPI, pydantic", f"{package}.fastapi_pydantic", port + 2),
        fastapi("FastAPI, orjson", f"{package}.fastapi_orjson", port + 3),
    ]


def fastapi(name: str, module: str, port: int) -> Kind:
    uvicorn = [str(PYTHON), "-m", "uvicorn", "--workers", str(WORKERS)]
    uvicorn += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    uvicorn += ["--host", HOST, "--port", str(port), "--log-level", "warning"]
    return Kind(name, [*uvicorn, f"{module}:application"])


@contextlib.contextmanager
def running(kind: Kind, port: int) -> Iterator[Server]:
    """Start a server, wait until it answers, and stop it in the end.

    :raises TimeoutError: it does not answer.
    """
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", **kind.environment}
    begun = time.monotonic()
    process = subprocess.Popen(kind.command, env=environment)
    try:
        await_answer(process, port)
        seconds = time.monotonic() - begun
        time.sleep(1)  # until all of its workers are there
        memory, _ = largest_worker(process.pid)
        yield Server(kind.name, port, process.pid, seconds, memory)
    finally:
        process.terminate()
        try:
            process.wait(timeout=SECONDS_TO_START)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_answer(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=2)
        try:
            connection.request("GET", "/health/", headers={"Connection": "close"})
            if connection.getresponse().status < 500:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise TimeoutError(f"the web server on port {port} does not answer")
