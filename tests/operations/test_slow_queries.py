"""`manage.py slow_queries` on a real pg_stat_statements, after real requests."""

import json
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from phr.core.postgres import statement_routes
from phr.core.postgres.statement_routes import Notes, form_of, routes_of
from phr.operations import slow_queries
from tests.broker import closed_address
from tests.conftest import Api
from tests.factories import HealthRecordFactory
from tests.operations.conftest import superusers_url

RECORDS = "/api/health-records/"


@pytest.fixture(scope="module")
def extension(django_db_setup: None) -> Iterator[None]:
    """The extension, until this file ends: a test's transaction would hold it."""
    user = connection.settings_dict["USER"]
    with psycopg.connect(superusers_url(), autocommit=True) as session:
        session.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        session.execute(f"GRANT pg_read_all_stats TO {user}".encode())
        yield
        session.execute("SET lock_timeout = '5s'")
        session.execute("DROP EXTENSION pg_stat_statements CASCADE")
        session.execute(f"REVOKE pg_read_all_stats FROM {user}".encode())


@pytest.fixture
def counted(extension: None) -> None:
    """PostgreSQL counts statements, from zero."""
    with psycopg.connect(superusers_url(), autocommit=True) as session:
        session.execute("SELECT pg_stat_statements_reset()")


def listed(**options: Any) -> list[dict[str, Any]]:
    statement_routes.notes.write()
    out = StringIO()
    call_command("slow_queries", "--json", most=200, stdout=out, **options)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def test_each_statement_has_its_route_its_cost_its_plan_and_its_index(
    db: None, counted: None, api: Api, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_routes, "notes", Notes())
    HealthRecordFactory.create_batch(3, patient=alice, created_by=alice.user)
    client = api("alice")
    for _ in range(4):
        assert client.get(RECORDS, {"record_type": "CHECKUP"}).status_code == 200

    with connection.cursor() as cursor:  # so few rows are quicker to read whole
        cursor.execute("SET LOCAL enable_seqscan = off")
    found = listed()

    of_records = [each for each in found if "api/health-records/" in each["routes"]]
    (page,) = [
        each
        for each in of_records
        if "health_records_healthrecord" in (each["statement"])
    ]
    assert page["calls"] == 4
    assert page["mean"] > 0
    assert page["total"] >= 4 * page["mean"] * 0.99
    assert "Index" in page["plan"]["steps"]
    assert any("health_records" in name for name in page["plan"]["indexes"])


def test_no_value_is_shown(db: None, counted: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'a diagnosis', 471108150 FROM accounts_user WHERE false")

    text = json.dumps(listed())

    assert "a diagnosis" not in text
    assert "471108150" not in text


def test_the_worst_comes_first_by_what_was_asked_for(db: None, counted: None) -> None:
    with connection.cursor() as cursor:
        for _ in range(9):
            cursor.execute("SELECT count(*) FROM care_patientprofile")

    by_calls = listed(by="calls")

    assert [each["calls"] for each in by_calls] == sorted(
        (each["calls"] for each in by_calls), reverse=True
    )
    out = StringIO()
    call_command("slow_queries", by="calls", stdout=out)
    assert "1. total " in out.getvalue()
    assert "   route:   unknown" in out.getvalue()
    assert "   indexes: " in out.getvalue()


def test_without_the_extension_it_says_what_to_do(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = connection.copy()
    other.settings_dict["NAME"] = "postgres"
    monkeypatch.setattr(slow_queries, "connection", other)
    with closing(other), pytest.raises(CommandError) as refused:
        call_command("slow_queries")

    said = str(refused.value)
    assert "pg_stat_statements is missing" in said
    assert "shared_preload_libraries = 'pg_stat_statements', then restart" in said
    assert "CREATE EXTENSION pg_stat_statements" in said
    assert "GRANT pg_read_all_stats TO " in said


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            "SELECT a FROM t WHERE id = %s AND n = 7",
            "SELECT a FROM t WHERE id = $1 AND n = $2",
        ),
        (b"SELECT a FROM t WHERE id = $1", "SELECT a FROM t WHERE id = $1::uuid"),
        ("x IN (%s, %s, %s)", "x IN ($1 /*, ... */)"),
        ("x IN (%s, %s)", "x IN ($1, $2)"),
        ("a = 'it''s' LIMIT 21", "a = $1  LIMIT $2"),
        ("d > %s AND e", "d > $1::timestamp with time zone AND e"),
        ("t LIKE %s AND c = '100%%'", "t LIKE $1 AND c = $2"),
    ],
)
def test_a_statement_has_one_form_however_it_is_written(sent: Any, kept: str) -> None:
    assert form_of(sent) == form_of(kept)


def test_statements_that_differ_have_other_forms() -> None:
    assert form_of("SELECT a FROM t1") != form_of("SELECT a FROM t2")
    assert form_of("a = %s") != form_of("b = %s")


def test_a_pair_is_written_once_and_the_notes_stay_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statement_routes, "MOST", 3)
    notes = Notes()
    for _ in range(2):
        notes.note("SELECT 1", "api/x/")
    assert len(notes.to_write) == 1
    for number in range(10):
        notes.note("SELECT 1", f"api/{number}/")
    assert len(notes.seen) <= 3
    notes.write()

    assert "api/x/" in routes_of("SELECT 5")


def test_while_redis_is_away_nothing_is_noted_and_nothing_fails(settings: Any) -> None:
    settings.REDIS_URL = closed_address()
    notes = Notes()
    notes.note("SELECT 1", "api/x/")

    notes.write()

    assert not notes.to_write
