"""The real web server, and people who want all of it, or keep it waiting."""

import json
import socket
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest
from django.utils import timezone

from dev.application import web_command
from dev.valkey import free_port
from phr.care.models import DoctorProfile, PatientProfile
from phr.identity.sign_in import start_session
from tests.running.conftest import Run, await_start
from tests.running.talking import (
    GENEROUS,
    RECORDS,
    Answer,
    answer_of,
    assert_others_are_served,
    connected,
    head,
    of_length,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

BUNDLE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
LOGIN = "/api/auth/login/"
PAUSE = 0.05  # seconds, of whom the server has refused


@pytest.fixture(scope="module")
def one_process(run: Run) -> Iterator[int]:
    """The port of a web server of one process, which they all have to share."""
    number = free_port()
    with run("one", web_command(number, workers=1)) as process:
        await_start(process, number)
        yield number


@pytest.fixture
def doctor_token(dr_bob: DoctorProfile) -> str:
    return start_session(user=dr_bob.user, at=timezone.now(), second_factor=True).access


def asks(token: str, path: str = RECORDS) -> bytes:
    return head(token, method="GET", path=path)


@pytest.mark.parametrize("half", ["a head", "a body"])
def test_two_hundred_who_send_half_a_request_hold_up_nobody(
    one_process: int, token: str, half: str
) -> None:
    whole = head(token, "Content-Length: 100")
    sent = whole[:-20] if half == "a head" else whole + b'{"title": "'
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connected(one_process)).sendall(sent)

        assert_others_are_served(one_process, token)


def test_two_hundred_who_read_byte_by_byte_hold_up_nobody(
    one_process: int, token: str
) -> None:
    request = f"GET {BUNDLE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with ExitStack() as stack:
        for number in range(200):
            client = stack.enter_context(slow_reader(one_process))
            # Half of them want more than the server sends without being waited for.
            client.sendall(request if number % 2 else asks(token, "/api/schema/"))
            assert client.recv(1) == b"H"

        assert_others_are_served(one_process, token)


def slow_reader(port: int) -> socket.socket:
    """A connection that takes in as little as can be."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    client.settimeout(GENEROUS)
    client.connect(("127.0.0.1", port))
    return client


class Flood:
    """Requests of one user, as many at once as there are clients, without an end."""

    def __init__(self, port: int, request: bytes) -> None:
        self.port, self.request = port, request
        self.is_over = Event()
        self.answers: list[Answer] = []

    def go_on(self, _client: int) -> None:
        with connected(self.port) as client:
            while not self.is_over.is_set():
                client.sendall(self.request)
                answer = Answer(client)
                self.answers.append(answer)
                # Else the refused ones keep this process, which counts, from counting.
                if answer.status == 429:
                    self.is_over.wait(PAUSE)

    def during(self, work: Callable[[], None], *, clients: int) -> None:
        with ThreadPoolExecutor(clients) as pool:
            going = [pool.submit(self.go_on, number) for number in range(clients)]
            try:
                work()
            finally:
                self.is_over.set()
            for client in going:
                client.result()

    def served(self) -> int:
        return sum(answer.status == 200 for answer in self.answers)


def test_hundreds_of_requests_of_one_user_do_not_keep_another_waiting(
    one_process: int, token: str, doctor_token: str
) -> None:
    flood = Flood(one_process, asks(token))
    passed: list[int] = []

    def ask_meanwhile() -> None:
        while not any(answer.status == 429 for answer in flood.answers):
            flood.is_over.wait(0.01)
        for _ in range(20):
            before = flood.served()
            assert answer_of(one_process, asks(doctor_token)).status == 200
            passed.append(flood.served() - before)

    flood.during(ask_meanwhile, clients=200)

    assert Counter(answer.status for answer in flood.answers).keys() == {200, 429}
    refusal = next(answer for answer in flood.answers if answer.status == 429)
    assert refusal.json()["code"] == "too_many_requests"
    assert refusal.headers["Retry-After"] == "1"
    assert refusal.headers["RateLimit"] == '"in-flight";r=0'
    # Sixty of the user's requests are waiting whenever the doctor's comes.
    assert statistics.median(passed) < 20


def test_one_user_with_many_connections_and_nobody_beside_is_not_refused(
    one_process: int, token: str
) -> None:
    flood = Flood(one_process, asks(token))

    def wait() -> None:
        while len(flood.answers) < 500:
            flood.is_over.wait(0.01)

    flood.during(wait, clients=48)

    assert {answer.status for answer in flood.answers} == {200}


def test_answers_tell_what_may_be_in_flight(one_process: int, token: str) -> None:
    answer = answer_of(one_process, asks(token))

    policy = '"in-flight";q=64;qu="concurrent-requests"'
    assert answer.headers["RateLimit-Policy"] == policy
    assert answer.headers["RateLimit"] == '"in-flight";r=63'


def test_who_signs_in_keeps_no_page_waiting(
    one_process: int, token: str, alice: PatientProfile
) -> None:
    """At production's cost of a hash; each name is a stranger's, as in a flood."""
    done: list[int] = []

    def log_in(number: int) -> None:
        body = json.dumps({"username": f"nobody{number}", "password": "x"}).encode()
        request = head("x", of_length(body), path=LOGIN).replace(b"Bearer", b"Basic")
        done.append(answer_of(one_process, request + body).status)

    with ThreadPoolExecutor(16) as pool:
        going = [pool.submit(log_in, number) for number in range(16)]
        while not done:
            pass
        for _ in range(3):
            before = len(done)
            assert answer_of(one_process, asks(token)).status == 200
            assert len(done) - before < 8
        for client in going:
            client.result()

    assert set(done) == {401}
