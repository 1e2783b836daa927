"""Which web server: the same application behind each of them, in one run.

`python -m dev.with_servers python -m benchmarks.web_servers`, on Linux, with wrk and
gunicorn.
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dev.application import environment_for, web_command
from dev.valkey import free_port

ROUNDS = 3
SECONDS = 2
CLIENTS = 8
HALF_SENT = 50
PATIENCE = 10  # seconds until the next request must have been answered
PATH = "/health/"
HALF = (
    b"POST /api/auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
)


def granian_wsgi(port: int) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "1"]
    return [*command, "--no-ws", "--log-level", "error", "config.wsgi:application"]


def gunicorn(port: int, *options: str) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--log-level", "error", "--keep-alive", "30"]
    return [*command, *options, "config.wsgi:application"]


def command_of(server: str, port: int) -> list[str]:
    match server:
        case "granian ASGI, read whole":
            return web_command(port)
        case "granian WSGI 2x1":
            return granian_wsgi(port)
        case "gunicorn sync 2":
            return gunicorn(port)
        case _:
            return gunicorn(port, "--threads", "4")


SERVERS = (
    "granian ASGI, read whole",
    "granian WSGI 2x1",
    "gunicorn sync 2",
    "gunicorn gthread 2x4",
)


@contextmanager
def running(server: str) -> Iterator[tuple[int, int]]:
    """A server with two processes; yields its port and its process."""
    port = free_port()
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    env = environment_for(urls) | {"DEBUG": "true", "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        command_of(server, port), env=env, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while answered_after(port, 5) is None:
            if time.monotonic() > deadline:
                raise SystemExit(f"{server} does not start.")
            time.sleep(0.2)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            for pid in (*children_of(process.pid), process.pid):
                os.kill(pid, 9)
            process.wait()


def answered_after(port: int, patience: float) -> float | None:
    """How many seconds an answer took; None if there was none in time."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", PATH)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return time.monotonic() - began


def stat_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children_of(pid: int) -> list[int]:
    pids = [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()
    ]
    found = []
    for other in pids:
        try:
            if int(stat_of(other)[1]) == pid:
                found.append(other)
        except OSError:
            continue  # it has just ended
    return found


def cpu_seconds(pid: int) -> float:
    ticks = 0
    for process in (pid, *children_of(pid)):
        stat = stat_of(process)
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(port: int, pid: int) -> tuple[float, float]:
    """Milliseconds of CPU for each request, and requests a second."""
    load = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s"]
    load.append(f"http://127.0.0.1:{port}{PATH}")
    before = cpu_seconds(pid)
    out = subprocess.run(load, capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(pid) - before
    match = re.search(r"(\d+) requests in", out)
    number = int(match[1]) if match else 0
    return used / max(number, 1) * 1000, number / SECONDS


def after_half_sent(port: int) -> float | None:
    """How many seconds the next request takes behind clients that send half a body."""
    with ExitStack() as stack:
        for _ in range(HALF_SENT):
            address = ("127.0.0.1", port)
            client = stack.enter_context(socket.create_connection(address))
            client.sendall(HALF)
        time.sleep(0.5)
        return answered_after(port, PATIENCE)


def worst(waits: list[float | None]) -> str:
    seconds = [wait for wait in waits if wait is not None]
    if len(seconds) < len(waits):
        return (
            f"none in {PATIENCE} s, {len(waits) - len(seconds)} of {len(waits)} times"
        )
    return f"{max(seconds) * 1000:.0f} ms at worst"


def main() -> None:
    figures: dict[str, list[tuple[float, float]]] = {server: [] for server in SERVERS}
    behind: dict[str, list[float | None]] = {server: [] for server in SERVERS}
    for _ in range(ROUNDS):
        for server in SERVERS:
            with running(server) as (port, pid):
                figures[server].append(measure(port, pid))
                behind[server].append(after_half_sent(port))
    floor = statistics.median(cpu for cpu, _ in figures[SERVERS[0]])
    print("| server | CPU, ms | CPU, ratio | req/s | after 50 half-sent bodies |")
    print("|---|---|---|---|---|")
    for server, rounds in figures.items():
        cpu = statistics.median(cpu for cpu, _ in rounds)
        rate = statistics.median(rate for _, rate in rounds)
        print(
            f"| {server} | {cpu:.2f} | {cpu / floor:.2f} | {rate:.0f} "
            f"| {worst(behind[server])} |"
        )


if __name__ == "__main__":
    main()
