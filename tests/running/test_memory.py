"""A web process holds no more than it needs."""

import ctypes
from contextlib import ExitStack, suppress

import pytest

from benchmarks.cpu import largest_worker
from dev.application import web_command
from dev.valkey import free_port
from phr.accounts.hashing import CalmArgon2PasswordHasher
from tests.running.conftest import Run, await_start
from tests.running.talking import (
    Answer,
    answer_of,
    assert_problem,
    connected,
    head,
    of_length,
)

pytestmark = pytest.mark.django_db(transaction=True)

ONE_HASH = CalmArgon2PasswordHasher.memory_cost / 1024  # MiB
GUESS = b'{"username": "somebody", "password": "wrong"}'

MIB = 1 << 20
UNFINISHED = 150
RECORD = (
    b'{"record_type": "CHECKUP", "title": "x", "visit_date": "2026-03-02T09:00:00Z"'
)


def test_unfinished_bodies_hold_little_and_what_is_small_gets_through(
    run: Run, token: str
) -> None:
    """Each has sent all of its 1 MiB but the last byte."""
    number = free_port()
    most = head(token, f"Content-Length: {MIB}") + b" " * (MIB - 1)
    small = head(token, of_length(RECORD + b"}")) + RECORD
    with run("bodies", web_command(number, workers=1)) as process, ExitStack() as stack:
        await_start(process, number)
        assert answer_of(number, small + b"}").status == 201
        before, _ = largest_worker(process.popen.pid)
        clients = [stack.enter_context(connected(number)) for _ in range(UNFINISHED)]
        for client in clients:
            with suppress(OSError):  # it has had to give way
                client.sendall(most)
        slow = stack.enter_context(connected(number))
        slow.sendall(small)
        assert answer_of(number, small + b"}").status == 201
        slow.sendall(b"}")
        assert Answer(slow).status == 201
        now, _ = largest_worker(process.popen.pid)
        refused = Answer(clients[0])

    assert_problem(refused, 503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert now - before < UNFINISHED / 2


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc can be told"
)
def test_what_hashing_a_password_took_is_given_back(run: Run) -> None:
    number = free_port()
    request = head("", of_length(GUESS), path="/api/auth/login/") + GUESS
    with run("memory", web_command(number, workers=1)) as process:
        await_start(process, number)
        for _ in range(3):  # glibc would learn from the first
            assert answer_of(number, request.replace(b"Bearer ", b"")).status == 401
        now, most = largest_worker(process.popen.pid)

    assert most - now > ONE_HASH / 2
