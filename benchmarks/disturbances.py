"""What else goes on in a database by day: a migration, a purge, a sealing."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from benchmarks.load import Load
from benchmarks.measuring import rounded
from benchmarks.questions import RECORD
from phr.audit.seals import seal_ledger
from phr.health_records.models import HealthRecord
from phr.health_records.record_deletion import purge_batch

PURGED_AT_ONCE, MOST_PURGED = 200, 5_000
MIGRATION = (
    "SET lock_timeout = '500ms'",
    "ALTER TABLE health_records_healthrecord ADD COLUMN benchmark_note text",
    (
        "CREATE INDEX CONCURRENTLY benchmark_index ON health_records_healthrecord"
        " (created_by_id, created_at)"
    ),
    "DROP INDEX CONCURRENTLY benchmark_index",
    "ALTER TABLE health_records_healthrecord DROP COLUMN benchmark_note",
)


def disturbed(load: Callable[[], Load]) -> dict[str, Any]:
    """Do the three under load, and say how long the slowest answer took.

    :param load: is put on again until they are done.
    """
    delete_what_the_bench_created()
    seconds: dict[str, float] = {}
    others = threading.Thread(target=disturb, args=(seconds,))
    others.start()
    loads = [load()]
    while others.is_alive():
        loads.append(load())
    return {
        "p50": median(one.p50 for one in loads),
        "p99": median(one.p99 for one in loads),
        "slowest": max(one.slowest for one in loads),
        "seconds_of": seconds,
    }


def disturb(seconds: dict[str, float]) -> None:
    try:
        for name, work in (("sealing", seal), ("purge", purge), ("migration", migrate)):
            begun = time.monotonic()
            work()
            seconds[name] = rounded(time.monotonic() - begun)
    finally:
        connections.close_all()


def seal() -> None:
    seal_ledger(at=timezone.now())


def purge() -> None:
    while purge_batch(at_most=PURGED_AT_ONCE):
        pass


def migrate() -> None:
    """What migrations of a large table do; nothing is left of it."""
    with connection.cursor() as cursor:
        for statement in MIGRATION:
            cursor.execute(statement)


def delete_what_the_bench_created() -> None:
    """Delete it long ago, so that the purge has something to do."""
    at = datetime.fromisoformat(RECORD["visit_date"]).astimezone(UTC)
    made = HealthRecord.objects.filter(visit_date=at, title=RECORD["title"])
    some = made.values_list("pk", flat=True)[:MOST_PURGED]
    long_ago = timezone.now() - timedelta(days=40)
    HealthRecord.objects.filter(pk__in=list(some)).update(deleted_at=long_ago)
