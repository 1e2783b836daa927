"""Is it alive, and can it work?"""

from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from phr.api.json import to_json
from phr.core import counters
from phr.core.tasks import reach_broker

log = structlog.get_logger(__name__)


@csrf_exempt  # so that another method is a 405, and no 403 page
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing else."""
    return answer(200, {"status": "ok"})


@csrf_exempt  # so that another method is a 405, and no 403 page
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Everything that a request needs is there; 503 names what is not."""
    parts = {name: state_of(name, check) for name, check in CHECKS.items()}
    healthy = all(state == "ok" for state in parts.values())
    status, word = (200, "ok") if healthy else (503, "unavailable")
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
        raise RuntimeError("there are migrations to run")


@cache
def known_migrations() -> frozenset[Any]:
    """The migrations that came with the code; read once, as it stays as it is."""
    return frozenset(MigrationLoader(None).graph.nodes)


CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": counters.ping,
    "broker": reach_broker,
}


def answer(status: int, body: dict[str, object]) -> HttpResponse:
    response = HttpResponse(
        to_json(body), status=status, content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
