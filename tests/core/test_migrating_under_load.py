"""Migrations beside the work of others: none waits for long, or has others wait."""

import threading
import time
from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from phr.core.postgres.schema import lock_timeout
from tests.running.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
APP, BEFORE, LAST = "core", "0005", "core.0007_plainer_texts"
TABLE = "core_attemptcount"


@pytest.fixture(autouse=True)
def _whole_again() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0, stderr=StringIO())


def migrate_back(**options: object) -> str:
    """Take the last migrations of an app back; returns what was said beside."""
    err = StringIO()
    call_command("migrate", APP, BEFORE, verbosity=0, stderr=err, **options)
    return err.getvalue()


def missing() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def test_a_migration_gives_up_beside_a_long_transaction_and_can_be_run_again() -> None:
    with psycopg.connect(database_url(), application_name="phr worker 1-0") as other:
        other.execute(f"SELECT * FROM {TABLE}".encode())  # and stays open
        time.sleep(1.1)
        began = time.monotonic()
        with pytest.raises(CommandError) as refused:
            migrate_back(lock_timeout=1, tries=1)
        took = time.monotonic() - began
        # Nobody has to wait behind a migration that has given up.
        with psycopg.connect(database_url(), options="-c lock_timeout=100") as third:
            third.execute(f"SELECT * FROM {TABLE}".encode())

    said = str(refused.value)
    assert f"{APP}.0006_attempts_are_counted gave up: another transaction" in said
    assert "did not let go of a table within 1 seconds." in said
    assert "(phr worker 1-0)" in said
    assert took < 20  # one second of waiting; the rest is reading all migrations
    migrate_back()
    assert missing()
    call_command("migrate", verbosity=0, stderr=StringIO())
    assert missing() == []


def test_it_tries_again_by_itself_and_goes_on_when_the_others_have_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK {TABLE}".encode())
        # The others end while it waits for its next try.
        monkeypatch.setattr(time, "sleep", lambda _: other.rollback())
        said = migrate_back(lock_timeout=1, tries=2)

    assert "It is tried again in 3 s." in said
    assert f"{APP}.0006_attempts_are_counted" in missing()


def test_indexes_that_are_built_beside_the_work_of_others_may_wait() -> None:
    with (
        psycopg.connect(database_url()) as other,
        lock_timeout(connection, 1),
        connection.schema_editor(atomic=False) as editor,
    ):
        other.execute(f"SELECT * FROM {TABLE} FOR UPDATE".encode())
        other.execute("SELECT pg_current_xact_id()")
        threading.Timer(1.5, other.rollback).start()
        editor.execute(f"CREATE INDEX CONCURRENTLY of_a_test ON {TABLE} (ends_at)")
        editor.execute("DROP INDEX CONCURRENTLY of_a_test")


def test_the_limit_ends_with_the_migration() -> None:
    call_command("migrate", verbosity=0, stderr=StringIO())

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_migrate_tells_of_another_release_that_is_in_use() -> None:
    err = StringIO()
    with psycopg.connect(database_url(), application_name="phr web 1-0ddba11"):
        call_command("migrate", verbosity=0, stderr=err)

    assert "In use by the release 1-0ddba11: 1 connections." in err.getvalue()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"tries": 0}, "--tries: expected at least 1"),
        ({"lock_timeout": -1}, "--lock-timeout: expected at least 0"),
    ],
)
def test_to_try_never_is_refused_as_nothing_would_be_migrated(
    option: dict[str, int], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("migrate", verbosity=0, stderr=StringIO(), **option)
