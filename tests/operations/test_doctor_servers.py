"""`manage.py doctor` finds out what PostgreSQL and Redis are not, with real ones."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import psycopg
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from phr.core import redis_client, release
from phr.operations.doctor import clocks, postgresql, redis_server, releases
from phr.operations.findings import Level
from phr.operations.startup import surprises
from tests.dropping import drop_database
from tests.operations.looking import only, sentences, worst
from tests.running.conftest import database_url


@pytest.fixture
def latin_database(
    django_db_setup: None,
) -> Iterator[str]:
    """A database with an encoding that does not hold all letters."""
    name = f"{connection.settings_dict['NAME']}_latin"
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        session.execute(
            f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE_PROVIDER libc "
            "LOCALE 'C' TEMPLATE template0".encode()
        )
        yield name
        drop_database(session, name)


def test_servers_as_they_should_be_give_no_error(db: None) -> None:
    found = [
        *postgresql.examine_reach(),
        *clocks.examine_database_clock(),
        *clocks.examine_redis_clock(),
        *clocks.examine_time_zones(),
        *releases.examine_migrations(),
        *redis_server.examine_reach(),
        *redis_server.examine_server(),
    ]

    assert worst(found) == []
    assert {each.level for each in found} <= {Level.OK, Level.NOTE}


@pytest.mark.parametrize(
    ("policy", "level", "says"),
    [
        ("allkeys-lru", Level.ERROR, "drops whole queues"),
        ("allkeys-random", Level.ERROR, "drops whole queues"),
        ("volatile-lru", Level.WARNING, "forgets counted attempts"),
    ],
)
def test_a_redis_that_drops_the_queue_is_named_with_its_policy(
    own_valkey: redis_client.BoundedRedis, policy: str, level: Level, says: str
) -> None:
    own_valkey.config_set("maxmemory-policy", policy)

    found = list(redis_server.examine_server())

    assert f"maxmemory-policy is {policy}: when" in only(found, level)
    assert says in only(found, level)
    (bad,) = [each for each in found if each.level is level]
    assert "maxmemory-policy noeviction" in bad.advice


def test_a_redis_that_does_not_tell_is_a_note_and_no_error(
    own_valkey: redis_client.BoundedRedis,
) -> None:
    own_valkey.execute_command("ACL", "SETUSER", "default", "-info")

    found = list(redis_server.examine_server())

    assert worst(found) == []
    assert "does not let this user read" in only(found, Level.NOTE)


def test_a_full_redis_and_a_replica_are_named(
    own_valkey: redis_client.BoundedRedis,
) -> None:
    own_valkey.config_set("maxmemory", own_valkey.info("memory")["used_memory"])
    own_valkey.replicaof("127.0.0.1", "1")

    found = list(redis_server.examine_server())

    assert "% of its memory" in only(found, Level.WARNING)
    assert "It is a replica, which only reads" in only(found)


def test_a_database_of_another_encoding_is_named_and_what_is_in_it_left_alone(
    latin_database: str,
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        other = connection.copy()
        other.settings_dict["NAME"] = latin_database
        monkeypatch.setattr(postgresql, "connection", other)
        try:
            found = list(surprises())
        finally:
            other.close()

    assert only(found) == (
        "DATABASE_URL: the encoding of the database is LATIN1; UTF8 is required."
    )


@pytest.mark.parametrize("hours", [1, -1], ids=["fast", "slow"])
def test_a_clock_that_is_an_hour_off_is_named_with_both_servers(
    db: None, hours: int
) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        found = [*clocks.examine_database_clock(), *clocks.examine_redis_clock()]

    where = "ahead of" if hours > 0 else "behind"
    by_postgres, by_redis = sentences(found)
    assert f"is 1 h 0 min {where} that of PostgreSQL: codes" in by_postgres
    assert f"is 1 h 0 min {where} that of Redis: codes" in by_redis


def test_a_clock_that_is_seconds_off_is_a_warning(db: None) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        found = list(clocks.examine_database_clock())

    assert "10 seconds ahead of" in only(found, Level.WARNING)


def test_missing_migrations_are_named_with_the_command(db: None) -> None:
    MigrationRecorder.Migration.objects.filter(app="notifications").delete()

    sentence = only(releases.examine_migrations())

    assert sentence.startswith("The database lacks ")
    assert "notifications.0001" in sentence
    assert sentence in sentences(surprises())


def test_a_database_of_a_newer_release_is_named(db: None) -> None:
    MigrationRecorder(connection).record_applied("care", "9999_of_tomorrow")

    assert only(releases.examine_migrations()) == (
        "The database has 1 migrations that this release does not know, such as "
        "care.9999_of_tomorrow: a newer release has migrated it."
    )


def test_an_older_release_that_still_runs_is_seen_at_the_start_too(db: None) -> None:
    older = f"{release.PROGRAM} web 12-0ddba11"
    with (
        psycopg.connect(database_url(), application_name=older),
        psycopg.connect(database_url(), application_name="psql"),
    ):
        found, started = list(releases.examine_users()), list(surprises())

    assert any("of the release 12-0ddba11: 1," in says for says in worst(found))
    assert worst(started) == [each for each in worst(found) if "12-0ddba11" in each]


def test_our_own_connections_say_which_release_they_are_of(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW application_name")
        (name,) = cursor.fetchone()

    assert name == f"phr command {release.name()}"
    assert len(name) < 64  # PostgreSQL cuts longer ones


def test_absent_servers_are_errors_and_the_rest_is_examined_all_the_same(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock():
        away = connection.copy()
        away.settings_dict |= {"HOST": "127.0.0.1", "PORT": "1"}
        monkeypatch.setattr(postgresql, "connection", away)
        settings.REDIS_URL = "redis://:hunter3@127.0.0.1:1/0"
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", "--json", stdout=out)

    assert ended.value.code == 1
    found = json.loads(out.getvalue())
    said = {each["says"] for each in found if each["level"] == "error"}
    assert "DATABASE_URL: no PostgreSQL server responds there." in said
    assert "REDIS_URL: no Redis or Valkey server responds there." in said
    parts = {each["part"] for each in found}
    assert {"settings", "time", "disk", "mail"} <= parts
    assert "hunter" not in out.getvalue()
