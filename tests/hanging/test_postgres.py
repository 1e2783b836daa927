"""A PostgreSQL that does not answer, or works at one thing for too long."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, connection
from django.test import Client
from psycopg import sql

from phr.care.models import PatientProfile
from phr.core.postgres import timeouts
from phr.core.postgres.timeouts import Timeouts
from phr.health_records.models import HealthRecord
from tests.conftest import Api
from tests.metrics.reading import value
from tests.problem_answers import problem_of
from tests.running.conftest import database_url

SHORT = Timeouts(statement=1, lock=1, idle=2, answer=2)
RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def _short_limits() -> Iterator[None]:
    """This process keeps limits, as a web server's does, but shorter ones."""
    before = timeouts.present()
    timeouts.use(SHORT)
    connection.close()
    yield
    timeouts.use(before)
    connection.close()


@contextmanager
def frozen_backend() -> Iterator[None]:
    """Freeze the process of PostgreSQL that serves this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def locked(table: str) -> Iterator[None]:
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK {table} IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def assert_unavailable(response: Any) -> None:
    problem_of(response, 503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0
    close_old_connections()  # as the next request does, and the client of tests not


def test_a_read_is_given_up_and_the_next_one_works(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    assert client.get("/api/health-records/").status_code == 200

    with frozen_backend():
        assert_unavailable(client.get("/api/health-records/"))
        assert client.get("/api/health-records/").status_code == 200


def test_a_write_is_given_up_and_nothing_of_it_is_done_later(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    assert client.get("/api/health-records/").status_code == 200

    with frozen_backend():
        assert_unavailable(client.post("/api/health-records/", RECORD))

    assert client.get("/api/health-records/").json()["results"] == []


def test_who_waits_too_long_for_a_lock_is_told_to_come_again(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")

    with locked("health_records_healthrecord"):
        assert_unavailable(client.post("/api/health-records/", RECORD))
        assert_unavailable(client.get("/api/health-records/"))

    assert client.post("/api/health-records/", RECORD).status_code == 201


@pytest.mark.parametrize("address", [RECORDS, RECORDS + "{id}/"])
def test_a_read_that_has_waited_in_vain_does_not_wait_again(
    api: Api, alices_record: HealthRecord, settings: Any, address: str
) -> None:
    settings.SLOW_STATEMENT_MS = 500
    client, address = api("alice"), address.format(id=alices_record.pk)
    assert client.get(address).status_code == 200
    before = value("phr_database_slow_statements_total")

    with locked("health_records_healthrecord"):
        assert_unavailable(client.get(address))

    assert value("phr_database_slow_statements_total") == before + 1


def test_a_page_that_takes_too_long_says_so_and_is_no_defect(
    alice: PatientProfile,
) -> None:
    with locked("django_session"):
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = "a" * 32
        page = client.get("/admin/", headers={"accept": "text/html"})

    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "Temporarily unavailable" in page.content.decode()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_sleep(30)",
        "SET transaction_read_only = on",
        "SELECT pg_terminate_backend(pg_backend_pid())",
    ],
    ids=["too long", "a standby", "a restart"],
)
def test_what_passes_by_itself_is_not_called_a_defect(
    api: Api, alice: PatientProfile, statement: str
) -> None:
    client = api("alice")
    with connection.execute_wrapper(first_run(statement)):
        assert_unavailable(client.post("/api/health-records/", RECORD))
    connection.close()

    assert client.get("/api/health-records/").json()["results"] == []
    assert client.post("/api/health-records/", RECORD).status_code == 201


def test_without_room_for_a_connection_people_are_told_to_come_again(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    with no_room_for_connections():
        assert_unavailable(client.get("/api/health-records/"))
        assert_unavailable(client.post("/api/health-records/", RECORD))
        assert Client().get("/health/").status_code == 200

    assert client.get("/api/health-records/").json()["results"] == []
    assert client.post("/api/health-records/", RECORD).status_code == 201


@contextmanager
def no_room_for_connections() -> Iterator[None]:
    """Have PostgreSQL refuse another connection, as it does when it has too many."""
    name = sql.Identifier(connection.settings_dict["NAME"])
    change = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute(change.format(name, 0))
        connection.close()
        try:
            yield
        finally:
            other.execute(change.format(name, -1))


def first_run(statement: str) -> Any:
    """Before the first INSERT have PostgreSQL do this."""

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            execute(statement, None, False, context)
        return execute(sql, params, many, context)

    return run


def test_web_and_workers_have_an_end_and_commands_have_none() -> None:
    for kept in (timeouts.WEB, timeouts.WORKER):
        assert 0 < kept.lock <= kept.statement < kept.answer
    assert (timeouts.WEB.statement, timeouts.WORKER.statement) == (5, 300)
    assert timeouts.WEB.answer <= 10
    assert timeouts.COMMAND.as_options() == ""

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1s",)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("1s",)
