"""The processes of the application, as `make run` starts them."""

import contextlib
import http.client
import json
import os
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from dev import places, stopping
from dev.console import CannotGoOn, step
from dev.processes import Guard, Process, Start, end_all, show_with_name, start
from dev.servers import read_env_file

HOST = "127.0.0.1"
WORKERS = 2
CONNECTIONS = "4096"
LONGEST_HEAD = "65536"  # bytes of a request's head that a connection may hold
# What leads to a part that `/health/ready/` names.
SETTING_OF = {"database": "DATABASE_URL", "migrations": "DATABASE_URL"}
SETTING_OF |= {"cache": "REDIS_URL", "broker": "REDIS_URL"}
# Celery warns of running as root; on a developer's machine that is their choice.
CELERY = [sys.executable, "-W", "ignore::UserWarning:celery.platforms"]
CELERY += ["-m", "celery", "--quiet", "--app", "config.celery:app"]
# The queues of each worker, and its processes. A mail server that is slow holds up
# mails alone, and exports each other.
CELERY_WORKERS = {
    "worker": ("urgent,sealing,celery", WORKERS),
    "mail": ("urgent_mail,mail", 1),
    "long": ("long", 1),
}


def web_command(
    port: int, workers: int = WORKERS, python: str = sys.executable
) -> list[str]:
    """The web server; the Procfile has the same for production."""
    command = [python, "-m", "granian", "--interface", "asginl"]
    command += ["--host", HOST, "--port", str(port), "--workers", str(workers)]
    # A process takes so many connections, those that wait or send nothing included.
    # HTTP/2 without TLS would be a second way in, with other bounds, for no client.
    command += ["--http", "1", "--http1-buffer-size", LONGEST_HEAD]
    command += ["--backlog", CONNECTIONS, "--backpressure", CONNECTIONS]
    command += ["--no-ws", "--no-access-log", "--log-level", "warning"]
    command += ["--log-config", str(places.CHECKOUT / "config" / "granian_logs.json")]
    command += ["--workers-kill-timeout", "5"]
    return [*command, "config.asgi:application"]


def worker_command(name: str = "worker") -> list[str]:
    """One of the workers; the Procfile has the same for production."""
    queues, processes = CELERY_WORKERS[name]
    # Gossip and mingle have left workers stuck after a restart of the broker.
    flags = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    command = [*CELERY, "worker", "--queues", queues, "--hostname", f"{name}@%h"]
    return [*command, "--concurrency", str(processes), *flags]


def beat_command() -> list[str]:
    return [*CELERY, "beat", "--loglevel", "WARNING"]


@contextlib.contextmanager
def application(
    port: int, env: Mapping[str, str], guard: Guard
) -> Iterator[list[Process]]:
    """Run web, workers and beat, their output passed on with their names before it."""
    commands = {
        "web": web_command(port),
        **{name: worker_command(name) for name in CELERY_WORKERS},
        "beat": beat_command(),
    }
    processes: list[Process] = []
    try:
        for name, command in commands.items():
            # With us gone nobody reads what they print; granian hangs on that.
            how = Start(command, env, cwd=places.CHECKOUT, guards_patience=2)
            processes.append(start(name, how, guard))
            show_with_name(processes[-1])
        yield processes
    finally:
        with step("Stopping web, workers and beat"):
            end_all(processes)


def await_web(port: int, processes: list[Process]) -> None:
    """Wait until the web server can do what it is for.

    :raises CannotGoOn: it cannot, and a setting is named, or a process has ended.
    """
    parts: list[str] = []

    def is_ready() -> bool:
        complain_if_ended(processes)
        status, parts[:] = readiness(port)
        if status == HTTPStatus.BAD_REQUEST:
            raise CannotGoOn(f"ALLOWED_HOSTS: {HOST} is missing.")
        return status == HTTPStatus.OK

    if not stopping.wait_for(is_ready, 60):
        url = f"http://{HOST}:{port}/health/ready/"
        names = {SETTING_OF[part] for part in parts if part in SETTING_OF}
        settings = f"; check {', '.join(sorted(names))}" if names else ""
        raise CannotGoOn(f"{url} does not report that the server is ready{settings}.")


def readiness(port: int) -> tuple[int, list[str]]:
    """The status of the answer, 0 if there is none, and the parts that fail."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/health/ready/")
            answer = connection.getresponse()
            parts = json.loads(answer.read()).get("parts", {})
        except (OSError, http.client.HTTPException, ValueError):
            return 0, []
    return answer.status, [name for name, state in parts.items() if state != "ok"]


def complain_if_ended(processes: list[Process]) -> None:
    """See that all of them are up.

    :raises CannotGoOn: names the one that is not.
    """
    for process in processes:
        code = process.exit_code
        if code is not None:
            how = f"exit code {code}" if code >= 0 else f"signal {-code}"
            raise CannotGoOn(f"{process.name} ended unexpectedly ({how}).")


def stay(processes: list[Process]) -> None:
    """Stay until somebody asks to stop.

    :raises CannotGoOn: a process ended by itself.
    """
    while True:
        complain_if_ended(processes)
        stopping.pause(0.2)


def environment_for(urls: Mapping[str, str], port: int | None = None) -> dict[str, str]:
    """The environment of the application's processes.

    :param port: of the web server, for the links in mails; what is no trouble is then
        not logged, unless somebody wants to see it.
    """
    defaults = {"PUBLIC_URL": f"http://localhost:{port}", "LOG_LEVEL": "WARNING"}
    chosen = read_env_file(places.CHECKOUT / ".env").keys() if port else defaults
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        **{name: defaults[name] for name in defaults.keys() - set(chosen)},
        **({} if sys.stdout.isatty() else {"NO_COLOR": "1"}),
        **os.environ,
        **urls,
        "STATE_DIRECTORY": str(places.DATA),  # of beat
        "PYTHONUNBUFFERED": "1",
    }
