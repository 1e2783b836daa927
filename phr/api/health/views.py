"""Is it alive, and can it work?"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from phr.api.json import to_json
from phr.core import outbox, redis_client
from phr.core.tasks import reach_broker
from phr.interfaces.methods import reading_only
from phr.interfaces.proxy_probe import what_is_seen

log = structlog.get_logger(__name__)


@reading_only
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing else.

    `manage.py doctor` is told as well what the server believes of its proxies.
    """
    seen = what_is_seen(request)
    return answer(200, {"status": "ok"} | ({"seen": seen} if seen else {}))


@reading_only
def ready(request: HttpRequest) -> HttpResponse:
    """Everything that a request needs is there; 503 names what is not.

    Workers are named, too; without them requests are answered all the same.
    """
    parts = {name: state_of(name, check) for name, check in CHECKS.items()}
    failing = {name for name, state in parts.items() if state != "ok"}
    word, status = ("degraded", 200) if failing else ("ok", 200)
    if failing - {WORKERS}:
        word, status = "unavailable", 503
    return answer(status, {"status": word, "parts": parts})


def state_of(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the part is not ready
        log.warning("not_ready", part=name, error=type(error).__qualname__)
        return "failing"
    return "ok"


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    if known_migrations() - MigrationRecorder(connection).applied_migrations().keys():
        raise RuntimeError("there are unapplied migrations")


@cache
def known_migrations() -> frozenset[Any]:
    """The migrations that came with the code; read once, as it stays as it is."""
    return frozenset(MigrationLoader(None).graph.nodes)


def check_workers() -> None:
    if outbox.have_waited_since(timezone.now() - LONGEST_WAIT):
        raise RuntimeError("no worker is processing the waiting events")


WORKERS = "workers"
LONGEST_WAIT = timedelta(minutes=5)
CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": redis_client.check,
    "broker": reach_broker,
    WORKERS: check_workers,
}


def answer(status: int, body: dict[str, object]) -> HttpResponse:
    response = HttpResponse(
        to_json(body), status=status, content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
