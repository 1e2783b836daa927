"""A web process holds no more than it needs."""

import ctypes

import pytest

from benchmarks.cpu import largest_worker
from dev.application import web_command
from dev.valkey import free_port
from phr.accounts.hashing import CalmArgon2PasswordHasher
from tests.running.conftest import Run, await_start
from tests.running.talking import answer_of, head, of_length

pytestmark = pytest.mark.django_db(transaction=True)

ONE_HASH = CalmArgon2PasswordHasher.memory_cost / 1024  # MiB
GUESS = b'{"username": "somebody", "password": "wrong"}'


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
