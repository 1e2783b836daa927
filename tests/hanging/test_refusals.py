"""A Valkey that answers, but not as it should: nothing is unlimited, nothing a 500."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from dev.processes import Process
from phr.archive import progress
from phr.audit import latest_seal
from phr.care.models import PatientProfile
from phr.core import ephemeral_store, redis_client
from phr.core.errors import Unavailable
from tests.factories import PASSWORD
from tests.hanging.conftest import Frozen
from tests.waiting import wait_until

LOGIN = "/api/auth/login/"
NOBODY_LISTENS = ("127.0.0.1", "1")

Command = tuple[str, ...]

# What has a real Valkey refuse to count, and what has it count again.
REFUSALS: dict[str, tuple[list[Command], list[Command]]] = {
    "its memory is full": (
        [("CONFIG", "SET", "maxmemory", "1")],
        [("CONFIG", "SET", "maxmemory", "0")],
    ),
    "it is a replica": (
        [("REPLICAOF", *NOBODY_LISTENS)],
        [("REPLICAOF", "NO", "ONE")],
    ),
    "it is a replica without its master": (
        [
            ("CONFIG", "SET", "replica-serve-stale-data", "no"),
            ("REPLICAOF", *NOBODY_LISTENS),
        ],
        [
            ("REPLICAOF", "NO", "ONE"),
            ("CONFIG", "SET", "replica-serve-stale-data", "yes"),
        ],
    ),
    "we may do nothing there": (
        [("ACL", "SETUSER", "default", "-@all", "+acl", "+auth", "+hello")],
        [("ACL", "SETUSER", "default", "+@all")],
    ),
    "it takes nobody more": (
        [
            ("CONFIG", "SET", "maxclients", "1"),
            ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
        ],
        [("CONFIG", "SET", "maxclients", "10000")],
    ),
    "it does not write for a while": (
        [("CLIENT", "PAUSE", "60000", "WRITE")],
        [("CLIENT", "UNPAUSE")],
    ),
}

# What no real one says when it is asked to: its answer to whatever it hears.
ANSWERS = {
    "it still loads": b"-LOADING Valkey is loading the dataset in memory\r\n",
    "its disk is full": b"-MISCONF Errors writing to the AOF file\r\n",
    "it wants a password": b"-NOAUTH Authentication required.\r\n",
    "there is nothing": b"$-1\r\n",
    "all is well": b"+OK\r\n",
    "a number that is none": b":many\r\n",
    "a length that is none": b"$long\r\n",
    "no Redis at all": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "half of an answer": b"$100\r\nhalf",
    "nothing at all": b"",
}


@contextmanager
def server_that_says(answer: bytes) -> Iterator[int]:
    """A server with one answer, after an incomplete or empty one of which it hangs up.

    :returns: its port.
    """

    def talk(there: socket.socket) -> None:
        with there:
            while there.recv(65536):
                there.sendall(answer)
                if not answer.endswith(b"\r\n"):
                    return

    def serve() -> None:
        while True:
            try:
                there, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=[there], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture(params=list(ANSWERS.values()), ids=list(ANSWERS))
def odd_valkey(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """The counters are where somebody has this answer to everything."""
    with server_that_says(request.param) as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        yield
        redis_client.connection().breaker.close()  # nobody listens there again


@pytest.fixture(params=list(REFUSALS.values()), ids=list(REFUSALS))
def refusing_valkey(
    request: pytest.FixtureRequest,
    own_valkey: tuple[Process, str],
    valkey_hangs: Frozen,
) -> Iterator[Callable[[], None]]:
    """A real one that counts nothing, until what this gives is called."""
    refuse, accept = request.param
    with redis.Redis.from_url(own_valkey[1]) as admin:

        def accept_again() -> None:
            for command in accept:
                admin.execute_command(*command)

        admin.ping()
        for command in refuse:
            admin.execute_command(*command)
        try:
            yield accept_again
        finally:
            accept_again()


def log_in(password: str) -> Any:
    return APIClient().post(LOGIN, {"username": "alice", "password": password})


def assert_sign_in_works_and_stays_limited() -> None:
    assert log_in(PASSWORD).status_code == 200
    wrong = [log_in("not it").status_code for _ in range(12)]
    assert wrong == [401] * 10 + [429] * 2
    right = log_in(PASSWORD)
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 15 * 60


def assert_not_ready() -> None:
    response = Client().get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["parts"]["cache"] == "failing"


@pytest.mark.django_db(transaction=True)
def test_sign_in_is_limited_whatever_is_answered(
    alice: PatientProfile, odd_valkey: None
) -> None:
    assert_sign_in_works_and_stays_limited()


@pytest.mark.django_db(transaction=True)
def test_who_refuses_is_replaced_until_it_counts_again(
    alice: PatientProfile, refusing_valkey: Callable[[], None]
) -> None:
    assert_sign_in_works_and_stays_limited()
    assert_not_ready()
    with pytest.raises(Unavailable):
        ephemeral_store.set("x", 1, lifetime=timedelta(minutes=1))

    refusing_valkey()
    wait_until(lambda: not redis_client.connection().breaker.is_open)

    assert log_in(PASSWORD).status_code == 200
    assert Client().get("/health/ready/").json()["parts"]["cache"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_what_is_no_answer_is_taken_for_none(odd_valkey: None) -> None:
    for ask in (ephemeral_store.get, ephemeral_store.pop):
        with suppress(Unavailable):
            assert ask("x") is None  # where it is told that there is nothing
    assert progress.percent_of(uuid4()) is None
    assert latest_seal.noted_seal() is None
