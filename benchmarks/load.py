"""Load on a web server: by wrk, or by single requests."""

import http.client
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0}
SCRIPT = """
local ready, place = {}, 0
function init(args)
  for number, one in ipairs(requests) do
    local headers = {
      ["Authorization"] = "Bearer " .. one[3], ["Content-Type"] = "application/json",
      ["X-Forwarded-Proto"] = "https", ["X-Forwarded-For"] = one[4],
    }
    if one[3] == "" then headers["Authorization"] = nil end
    if one[5] == "" then headers["Content-Type"] = nil end
    ready[number] = wrk.format(one[1], one[2], headers, one[5] ~= "" and one[5] or nil)
  end
end
function request()
  place = place % #ready + 1
  return ready[place]
end
"""
# Connections that wait before each request, for times that vary as chance has it.
PAUSES = """
function delay()
  return math.floor(-math.log(1 - math.random()) * {mean:.3f} + 0.5)
end
"""


@dataclass(frozen=True)
class Request:
    """One request, as one of many users.

    :param address: the client's, as a proxy in front would tell it.
    """

    method: str
    path: str
    token: str = ""
    address: str = "192.0.2.1"
    body: str = ""

    @property
    def headers(self) -> dict[str, str]:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.address}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.body:
            headers["Content-Type"] = "application/json"
        return headers


@dataclass(frozen=True)
class Load:
    """What wrk found: how many answers, and the milliseconds they took."""

    count: int
    seconds: float
    p50: float
    p99: float
    slowest: float
    bytes: float  # of one answer, headers included


class Refused(Exception):
    """Some answers were not successes, so the figures would say nothing."""


class NothingInTime(Exception):
    """Not one answer came while the load lasted."""


def put_load(
    requests: Sequence[Request],
    port: int,
    *,
    seconds: float,
    connections: int,
    pause: float = 0,
) -> Load:
    """Ask the requests in turn, over and over.

    :param pause: milliseconds that each connection waits between two, on average.
    :raises Refused: an answer was an error.
    :raises NothingInTime: none came.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"requests = {{{','.join(map(in_lua, requests))}}}\n{SCRIPT}")
        script.write(PAUSES.format(mean=pause) if pause else "")
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency"]
        command += ["--timeout", "30s", "-s", script.name, f"http://{HOST}:{port}/"]
        told = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=seconds + 60
        ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise Refused(told)
    if "\n  0 requests in" in told:
        raise NothingInTime
    return read_report(told)


def in_lua(request: Request) -> str:
    fields = (request.method, request.path, request.token, request.address)
    return "{" + ",".join(f"[==[{text}]==]" for text in (*fields, request.body)) + "}"


def read_report(told: str) -> Load:
    count, seconds, size = search(r"(\d+) requests in ([\d.]+\w+), ([\d.]+\w+)", told)
    return Load(
        count=int(count),
        seconds=milliseconds(seconds) / 1_000,
        p50=milliseconds(search(r"50%\s+([\d.]+\w+)", told)[0]),
        p99=milliseconds(search(r"99%\s+([\d.]+\w+)", told)[0]),
        slowest=milliseconds(search(r"Latency\s+\S+\s+\S+\s+(\S+)", told)[0]),
        bytes=to_bytes(size) / max(int(count), 1),
    )


def search(pattern: str, told: str) -> tuple[str, ...]:
    found = re.search(pattern, told)
    if found is None:
        raise Refused(told)
    return found.groups()


def milliseconds(text: str) -> float:
    number, unit = search(r"([\d.]+)(\D+)", text)
    return float(number) * UNITS[unit]


def to_bytes(text: str) -> float:
    number, unit = search(r"([\d.]+)(\D+)", text)
    return float(number) * 1024.0 ** ("B", "KB", "MB", "GB").index(unit)


def ask(request: Request, port: int) -> bytes:
    """Ask once, and say what was answered.

    :raises Refused: an error.
    """
    return ask_each([request], port)[0]


def ask_each(requests: Sequence[Request], port: int) -> list[bytes]:
    """Ask each of them once, one after the other on one connection."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    answers = []
    try:
        for request in requests:
            body = request.body or None
            connection.request(request.method, request.path, body, request.headers)
            answer = connection.getresponse()
            answers.append(answer.read())
            if answer.status >= 400:
                text = answers[-1][:500].decode(errors="replace")
                raise Refused(f"{request.method} {request.path}: {text}")
    finally:
        connection.close()
    return answers


def ask_json(request: Request, port: int) -> Any:
    return json.loads(ask(request, port))


def put_each_once(requests: Sequence[Request], port: int) -> Load:
    """As `put_load`, for what does something only the first time."""
    times, size = [], 0
    for request in requests:
        begun = time.perf_counter()
        size += len(ask(request, port))
        times.append(1_000 * (time.perf_counter() - begun))
    times.sort()
    count = len(times)
    return Load(
        count=count,
        seconds=sum(times) / 1_000,
        p50=times[count // 2],
        p99=times[count * 99 // 100],
        slowest=times[-1],
        bytes=size / count,
    )
