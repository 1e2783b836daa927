"""Floods that fill a line, and how many others get in meanwhile.

python -m dev.with_servers python -m benchmarks.line_flood
"""

import argparse
import http.client
import json
import os
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.utils import timezone

from dev.application import HOST, environment_for, web_command
from dev.valkey import free_port
from phr.accounts.models import User, UserType
from phr.care.models import PatientProfile
from phr.identity.sign_in import start_session

PASSWORD = "correct horse battery staple"
LOGIN, RECORDS = "/api/auth/login/", "/api/health-records/"
OTHERS = 66


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each flood")
    seconds = parser.parse_args().seconds
    call_command("migrate", verbosity=0)
    many, others = people("flood", 33), people("other", OTHERS)
    port = free_port()
    env = environment_for(dict(os.environ)) | {"LOG_LEVEL": "ERROR"}
    server = subprocess.Popen(
        web_command(port, workers=1), env=env, stderr=subprocess.DEVNULL
    )
    try:
        await_answer(port)
        for elsewhere in (False, True):
            place = "from elsewhere" if elsewhere else "from the same address"
            signing_in = Flood(port, [sign_in(who, token=True) for who in many[:7]], 16)
            asked = [sign_in(who) for who in others]
            report(
                f"7 accounts, 112 sign-ins, {place}",
                signing_in,
                asked,
                elsewhere,
                seconds,
            )
            reading = Flood(port, [read(who) for who in many], 64)
            asked = [read(who) for who in others]
            report(
                f"33 accounts, 2,112 reads, {place}", reading, asked, elsewhere, seconds
            )
    finally:
        server.terminate()
        server.wait()
    return 0


def people(kind: str, number: int) -> list[tuple[User, str]]:
    """Patients, with a token of each."""
    found = []
    for place in range(number):
        user = User(username=f"{kind}{place}", user_type=UserType.PATIENT)
        user.set_password(PASSWORD)
        user.save()
        PatientProfile.objects.create(user=user)
        tokens = start_session(user=user, at=timezone.now())
        found.append((user, tokens.access))
    return found


Request = tuple[str, str, str, dict[str, str]]


def sign_in(who: tuple[User, str], *, token: bool = False) -> Request:
    body = json.dumps({"username": who[0].username, "password": PASSWORD})
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {who[1]}"
    return "POST", LOGIN, body, headers


def read(who: tuple[User, str]) -> Request:
    return "GET", RECORDS, "", {"Authorization": f"Bearer {who[1]}"}


def status_of(port: int, request: Request, address: str) -> int:
    """The status of an answer; 0 if there is none."""
    method, path, body, headers = request
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    behind = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
    try:
        connection.request(method, path, body or None, headers | behind)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def await_answer(port: int) -> None:
    deadline = time.monotonic() + 60
    while status_of(port, ("GET", "/health/", "", {}), "203.0.113.1") != 200:
        if time.monotonic() > deadline:
            raise SystemExit("The server does not start.")
        time.sleep(0.2)


class Flood:
    """So many requests of each account in flight, again and again, from one address."""

    def __init__(self, port: int, requests: list[Request], times: int) -> None:
        self.port, self.requests, self.times = port, requests, times
        self.is_over = Event()

    def go_on(self, request: Request) -> None:
        while not self.is_over.is_set():
            if status_of(self.port, request, "203.0.113.1") in (0, 429, 503):
                self.is_over.wait(0.1)

    def statuses_meanwhile(
        self, asked: list[Request], seconds: float, *, elsewhere: bool
    ) -> Counter[int]:
        """What others are answered who come one after the other, each once."""
        going = [request for request in self.requests for _ in range(self.times)]
        with ThreadPoolExecutor(len(going) + len(asked)) as pool:
            flood = [pool.submit(self.go_on, request) for request in going]
            self.is_over.wait(2)
            answers = []
            for place, request in enumerate(asked):
                address = f"198.51.100.{place}" if elsewhere else "203.0.113.1"
                answers.append(pool.submit(status_of, self.port, request, address))
                self.is_over.wait(seconds / len(asked))
            statuses = Counter(answer.result() for answer in answers)
            self.is_over.set()
            for client in flood:
                client.result()
        return statuses


def report(
    name: str, flood: Flood, asked: list[Request], elsewhere: bool, seconds: float
) -> None:
    statuses = flood.statuses_meanwhile(asked, seconds, elsewhere=elsewhere)
    print(f"{name}: {statuses[200]} of {len(asked)} others got in {dict(statuses)}")


if __name__ == "__main__":
    raise SystemExit(main())
