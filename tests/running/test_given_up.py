"""The real web server, and requests for which nobody waits any more."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import psycopg
import pytest
from django.db import connection

from dev.application import web_command
from dev.valkey import free_port
from phr.health_records.models import HealthRecord
from tests.running.conftest import Run, await_start, database_url
from tests.running.talking import (
    Answer,
    answer_of,
    assert_problem,
    connected,
    head,
    of_length,
)
from tests.waiting import wait_until, waiting_backends

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

RECORD = json.dumps(
    {
        "record_type": "CHECKUP",
        "title": "Yearly check-up",
        "visit_date": "2026-03-02T09:00:00Z",
    }
).encode()
HEALTH = b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def one_process(run: Run) -> Iterator[int]:
    number = free_port()
    with run("given-up", web_command(number, workers=1)) as process:
        await_start(process, number)
        yield number


def asks(token: str) -> bytes:
    return head(token, method="GET", path="/api/health-records/")


def creates(token: str) -> bytes:
    return head(token, of_length(RECORD)) + RECORD


@contextmanager
def locked_table() -> Iterator[None]:
    """Whoever reads or changes records waits meanwhile."""
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK {HealthRecord._meta.db_table}")
        yield
        other.rollback()


def test_what_is_read_for_a_client_that_has_gone_is_cancelled(
    one_process: int, token: str
) -> None:
    with locked_table():
        with connected(one_process) as client:
            client.sendall(asks(token))
            wait_until(waiting_backends)
        wait_until(lambda: not waiting_backends())

    assert answer_of(one_process, asks(token)).status == 200


def test_what_waits_in_line_for_a_client_that_has_gone_is_not_done(
    one_process: int, token: str
) -> None:
    """One user has one thread: the second request waits behind the first."""
    with locked_table():
        first = Thread(target=answer_of, args=[one_process, creates(token)])
        first.start()
        wait_until(waiting_backends)
        with connected(one_process) as client:
            client.sendall(creates(token))
            time.sleep(0.2)
        time.sleep(1)  # more than until somebody asks whether the client is there
    first.join()
    assert answer_of(one_process, asks(token)).status == 200  # in line behind them

    assert HealthRecord.objects.count() == 1


def test_what_is_changed_for_a_client_that_has_gone_is_done(
    one_process: int, token: str
) -> None:
    with locked_table():
        with connected(one_process) as client:
            client.sendall(creates(token))
            wait_until(waiting_backends)
        time.sleep(1)

    wait_until(HealthRecord.objects.exists)


@pytest.mark.parametrize("request_of", [asks, creates])
def test_what_takes_too_long_is_answered_and_not_done_later(
    one_process: int, token: str, request_of: Callable[[str], bytes]
) -> None:
    with locked_table():
        with connected(one_process) as client:
            client.settimeout(40)
            client.sendall(request_of(token))
            answer = Answer(client)
        wait_until(lambda: not waiting_backends())

    assert_problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer_of(one_process, asks(token)).json()["results"] == []
    assert not HealthRecord.objects.exists()


def backends() -> list[int]:
    """PostgreSQL's processes for the web server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_where_the_database_does_not_answer_the_server_does_and_heals(
    one_process: int, token: str
) -> None:
    """Its connections hang; new ones would be answered."""
    for _ in range(4):
        assert answer_of(one_process, asks(token)).status == 200
    with frozen(backends()):
        with connected(one_process) as client:
            client.settimeout(40)
            client.sendall(creates(token))
            time.sleep(1)
            assert answer_of(one_process, HEALTH).status == 200
            answer = Answer(client)
        assert_problem(answer, 503, "unavailable")
        # The thread has come free, and has found another connection.
        wait_until(lambda: answer_of(one_process, asks(token)).status == 200)

    assert not HealthRecord.objects.exists()
