"""Is the server alive, and can it work? A part that is away is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dev.valkey import free_port
from phr.core.outbox import PUT_OFF
from tests.broker import broker_at, closed_address
from tests.factories import OutboxEventFactory

ALL_WELL = dict.fromkeys(
    ("database", "migrations", "cache", "broker", "workers", "outbox"), "ok"
)
PARTS_IN_POSTGRES = ("database", "migrations", "workers", "outbox")


@contextmanager
def database_away() -> Iterator[None]:
    """Send the next connection to a port where nobody listens."""
    connection.close()
    settings = connection.settings_dict
    before = settings["HOST"], settings["PORT"]
    settings["HOST"], settings["PORT"] = "127.0.0.1", str(free_port())
    try:
        yield
    finally:
        connection.close()
        settings["HOST"], settings["PORT"] = before


def test_a_live_server_says_so(client: Client, db: None) -> None:
    response = client.get("/health/")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert response.headers["Cache-Control"] == "no-store"


def test_being_alive_asks_neither_database_nor_sign_in(client: Client) -> None:
    # Without `db` a query would be refused by the test runner.
    assert client.get("/health/").status_code == 200


def test_a_server_with_all_its_parts_is_ready(client: Client, db: None) -> None:
    response = client.get("/health/ready/")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "parts": ALL_WELL}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_without_its_database_the_server_is_alive_but_not_ready(client: Client) -> None:
    with database_away():
        alive, ready = client.get("/health/"), client.get("/health/ready/")

    assert alive.status_code == 200
    failing = dict.fromkeys(PARTS_IN_POSTGRES, "failing")
    assert_unavailable(ready, ALL_WELL | failing)


def test_with_a_migration_to_run_the_server_is_not_ready(
    client: Client, db: None
) -> None:
    applied = MigrationRecorder.Migration.objects.filter(app="notifications")
    assert applied.delete()[0]

    assert_unavailable(
        client.get("/health/ready/"), ALL_WELL | {"migrations": "failing"}
    )


def test_without_its_cache_the_server_is_not_ready(
    client: Client, db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = closed_address()

    assert_unavailable(client.get("/health/ready/"), ALL_WELL | {"cache": "failing"})


def test_without_its_broker_the_server_is_not_ready(client: Client, db: None) -> None:
    with broker_at(closed_address()):
        response = client.get("/health/ready/")

    assert_unavailable(response, ALL_WELL | {"broker": "failing"})


@pytest.mark.parametrize(
    "neglected",
    [
        lambda old: {"created_at": old},
        lambda old: {"next_attempt_at": old, "attempts": 1},
        lambda old: {"next_attempt_at": old, "last_error": PUT_OFF},
    ],
    ids=["no worker takes it", "no beat has it tried again", "nor at last"],
)
def test_events_that_nobody_sees_to_are_noticed(
    client: Client, db: None, neglected: Callable[[datetime], dict[str, Any]]
) -> None:
    old = timezone.now() - timedelta(minutes=6)
    OutboxEventFactory(created_at=old, attempts=1)  # a handler fails: not the workers
    OutboxEventFactory(created_at=old, delivered_at=old)
    OutboxEventFactory(created_at=old, last_error=PUT_OFF)
    OutboxEventFactory()
    assert client.get("/health/ready/").json()["status"] == "ok"

    OutboxEventFactory(**neglected(old))
    response = client.get("/health/ready/")

    assert response.status_code == 200
    parts = ALL_WELL | {"workers": "failing"}
    assert response.json() == {"status": "degraded", "parts": parts}


def test_what_is_tried_no_more_is_named_and_keeps_no_request_away(
    client: Client, db: None
) -> None:
    event = OutboxEventFactory(attempts=100, set_aside_at=timezone.now())

    response = client.get("/health/ready/")

    assert response.status_code == 200
    parts = ALL_WELL | {"outbox": "failing"}
    assert response.json() == {"status": "degraded", "parts": parts}
    assert event.kind not in response.content.decode()


def assert_unavailable(response: Any, parts: dict[str, str]) -> None:
    """The answer names the parts, and nothing of addresses, users or errors."""
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "parts": parts}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/health/", "/health/ready/"])
def test_health_answers_head_without_a_body(
    client: Client, db: None, path: str
) -> None:
    response = client.head(path)

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("path", ["/health/", "/health/ready/"])
def test_health_is_only_read(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405
