"""What sealing and checking the ledger costs: lines a second, and memory.

python -m dev.with_servers python -m benchmarks.ledger --entries 1000000
"""

import argparse
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from phr.audit.models import AccessEntry, Basis, Outcome
from phr.audit.seals import seal_ledger
from phr.audit.verification import verify

START = datetime(2020, 1, 6, 8, 0, tzinfo=UTC)
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
COLUMNS = [
    field.attname
    for field in AccessEntry._meta.concrete_fields
    if field.attname != "position"  # comes from the database
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    call_command("migrate", verbosity=0)
    if AccessEntry.objects.exists():
        print("The ledger of this database is not empty.")
        return 1
    measure("filled", lambda: fill(entries))
    print(f"before: {memory()}", flush=True)
    measure("sealed", lambda: seal_ledger(at=timezone.now()))
    measure("verified", check)
    return 0


def measure(done: str, work: Callable[[], int]) -> None:
    begun = time.perf_counter()
    lines = work()
    seconds = time.perf_counter() - begun
    print(
        f"{done}: {lines:,} lines in {seconds:.1f} s, {lines / seconds:,.0f} a second;"
        f" {memory()}",
        flush=True,
    )


def memory() -> str:
    """What this process holds now (statm of proc(5)), and the most that it has held."""
    held = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_SIZE
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"memory {held / 1e6:.0f} MB, at most {most / 1e6:.0f} MB"


def fill(entries: int) -> int:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY audit_accessentry ({', '.join(COLUMNS)}) FROM STDIN"
        ) as sink,
    ):
        for line in lines(entries):
            sink.write_row([getattr(line, name) for name in COLUMNS])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_accessentry")
    return entries


def lines(entries: int) -> Iterator[AccessEntry]:
    """Doctors who open records, the same ones every time."""
    dice = random.Random(entries)
    doctors, patients, grants = (
        [UUID(int=dice.getrandbits(128)) for _ in range(1_000)] for _ in range(3)
    )
    for number in range(entries):
        someone = dice.randrange(1_000)
        yield AccessEntry(
            id=UUID(int=number << 80 | 0x7 << 76 | 0b10 << 62 | dice.getrandbits(62)),
            at=START + timedelta(seconds=number),
            actor_id=doctors[someone],
            actor_role="DOCTOR",
            actor_name=f"Robin Doctor{someone}",
            basis=Basis.GRANT,
            grant_id=grants[someone],
            action="health_records.record_opened",
            object_kind="record",
            object_ids=[UUID(int=dice.getrandbits(128))],
            categories=["CHECKUP"],
            count=1,
            patient_id=patients[someone],
            face="api",
            address="192.0.2.17",
            user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0)",
            outcome=Outcome.ALLOWED,
        )


def check() -> int:
    """:raises AssertionError: the ledger is not as it was sealed."""
    checked = 0
    for page in verify([]):
        assert page.fault is None
        checked += page.entries
    return checked


if __name__ == "__main__":
    sys.exit(main())
