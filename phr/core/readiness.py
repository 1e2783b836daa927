"""Whether everything that a request needs is there; workers are looked at, too."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from phr.core import outbox, redis_client
from phr.core.tasks import reach_broker

log = structlog.get_logger(__name__)
OK, FAILING = "ok", "failing"


def states() -> dict[str, str]:
    """Each part with `OK` or `FAILING`."""
    return {name: state_of(name, check) for name, check in CHECKS.items()}


def state_of(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the part is not ready
        log.warning("not_ready", part=name, error=type(error).__qualname__)
        return FAILING
    return OK


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


def check_outbox() -> None:
    if outbox.set_aside().exists():
        raise RuntimeError("there are events that are tried no more")


WORKERS, OUTBOX = "workers", "outbox"
# Without these, requests are answered all the same.
NOT_FOR_REQUESTS = {WORKERS, OUTBOX}
LONGEST_WAIT = timedelta(minutes=5)
CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": redis_client.check,
    "broker": reach_broker,
    WORKERS: check_workers,
    OUTBOX: check_outbox,
}
