"""Noting which route has sent which statement never breaks or delays a statement."""

import os
import socket
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import pytest
from django.db import connection

from config.worker_watchdog import Watch
from phr.core import observing, redis_client
from phr.core.postgres import statement_routes
from phr.core.postgres.statement_routes import Notes, keep_noted, routes_of
from phr.core.postgres.statement_tally import Tally, present
from tests.waiting import wait_until


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Statements of this thread are one route's, and are written down soon."""
    monkeypatch.setattr(statement_routes, "SECONDS_BETWEEN_NOTES", 0.01)
    monkeypatch.setattr(statement_routes, "notes", Notes())
    monkeypatch.setattr(observing, "told", set())
    token = present.set(Tally(lambda: "api/noted/"))
    yield
    present.reset(token)


def ask(number: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {number} AS n{number}")
        return cursor.fetchone()


def test_a_thread_writes_down_what_was_noted(db: None, counting: None) -> None:
    ask(7)

    wait_until(lambda: routes_of("SELECT 7 AS n7") == ["api/noted/"])


def test_only_the_newest_notes_are_kept_whoever_makes_up_statements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statement_routes, "MOST_KEPT", 50)
    made_up = [f"SELECT 1 AS column_{number}" for number in range(100)]

    for sql in made_up:
        keep_noted([(sql, "api/sorted/")])

    known = [sql for sql in made_up if routes_of(sql) == ["api/sorted/"]]
    assert made_up[-1] in known
    assert len(known) <= 50


def test_a_child_process_has_a_thread_of_its_own(db: None, counting: None) -> None:
    ask(8)
    statement_routes.notes.writing_process = os.getppid()  # as after a fork

    ask(9)

    assert statement_routes.notes.writing_process == os.getpid()


@pytest.mark.parametrize("url", ["no://address", "redis://localhost:port/0"])
def test_statements_succeed_with_nonsense_for_an_address_of_redis(
    db: None, counting: None, settings: Any, url: str
) -> None:
    settings.REDIS_URL = url

    assert [ask(number) for number in range(3)] == [(0,), (1,), (2,)]

    wait_until(lambda: not statement_routes.notes.to_write)
    wait_until(lambda: "routes" in observing.told)


def test_statements_wait_for_no_redis_that_hangs(
    db: None, counting: None, settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        began = perf_counter()
        for number in range(20):
            ask(number)

        assert perf_counter() - began < redis_client.SECONDS_TO_WAIT_FOR_REDIS


def test_a_statement_succeeds_whatever_fails_while_it_is_counted(
    db: None,
    counting: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any) -> None:
        raise AttributeError

    monkeypatch.setattr(statement_routes.notes, "note", fail)

    assert [ask(1), ask(2)] == [(1,), (2,)]

    assert caplog.text.count("'what': 'statements'") == 1


def test_the_watchdog_outlives_nonsense_for_an_address_of_redis(
    counting: None, settings: Any
) -> None:
    settings.REDIS_URL = "no://address"
    watch = Watch(["watched"], taken=lambda: 7, has_room=lambda: True)

    assert not watch.is_stuck()
