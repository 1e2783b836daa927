"""The ledger in one table beside the same ledger in a partition for each month.

python -m benchmarks.servers python -m benchmarks.ledger_parts --lines 10000000

What is measured is the server's own code: its statements are sent to tables of other
names.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks.ledger_indexes import (
    ALWAYS,
    VARIANTS,
    add_in_turn,
    ask_all,
    make_index,
    run,
    table_of,
)
from benchmarks.ledger_lines import MANY, fill, id_of
from phr.audit.models import LedgerSeal
from phr.audit.redaction import redact_lines
from phr.audit.seals import seal_ledger
from phr.audit.verification import Place, verify

PLAIN, PARTS = NAMES = ("plain", "parts")
INDEXES = (*ALWAYS, *VARIANTS["few_of_patient"])
FIRST_YEAR, LAST_YEAR = 2021, 2026
TO_SEAL = 50_000
TO_REDACT, AT_ONCE = 2_000, 500
OTHERS = {
    "audit_accessentry": "lines",
    "audit_ledgerseal": "seals",
    "audit_ledgerredaction": "redactions",
}
# The sequence of positions is one for all.
TABLE = re.compile(rf"\b({'|'.join(OTHERS)})\b")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    lines = parser.parse_args().lines
    call_command("migrate", verbosity=0)
    make_tables(lines)
    for work in (seal, check, redact):
        for name in NAMES:
            with elsewhere(name):
                measure(f"{name}: {work.__name__}", partial(work, lines))
    add_in_turn(NAMES)
    ask_all(NAMES)
    return 0


def make_tables(lines: int) -> None:
    if table_of(PLAIN) in connection.introspection.table_names():
        return
    like = "LIKE audit_accessentry INCLUDING DEFAULTS"
    run(f"CREATE TABLE {table_of(PLAIN)} ({like})")
    run(f"CREATE TABLE {table_of(PARTS)} ({like}) PARTITION BY RANGE (at)")
    for number, (begin, end) in enumerate(months()):
        run(
            f"CREATE TABLE part_{number} PARTITION OF {table_of(PARTS)}"
            f" FOR VALUES FROM ('{begin}') TO ('{end}')"
        )
    measure("plain: filled", lambda: fill(table_of(PLAIN), 1, lines, lines=lines))
    run("SELECT setval('audit_accessentry_position', %s)", lines)
    run(f"INSERT INTO {table_of(PARTS)} SELECT * FROM {table_of(PLAIN)}")
    for name in NAMES:
        run("SET maintenance_work_mem = '1GB'")
        measure(f"{name}: indexed", partial(make_indexes, name))
        for table in ("audit_ledgerseal", "audit_ledgerredaction"):
            run(f"CREATE TABLE {OTHERS[table]}_{name} (LIKE {table} INCLUDING ALL)")
        run(f"VACUUM (FREEZE, ANALYZE) {table_of(name)}")


def make_indexes(name: str) -> None:
    for definition in INDEXES:
        # What is unique has to hold the column by which a table is divided.
        divided = name == PARTS
        make_index(
            table_of(name),
            re.sub("^UNIQUE ", "", definition) if divided else definition,
        )


def months() -> Iterator[tuple[date, date]]:
    begins = [date(FIRST_YEAR + n // 12, n % 12 + 1, 1) for n in range(COUNT + 1)]
    yield from pairwise(begins)


COUNT = 12 * (LAST_YEAR + 1 - FIRST_YEAR)


@contextmanager
def elsewhere(name: str) -> Iterator[None]:
    """Send statements about the ledger to the tables of that name."""

    def send(
        execute: Callable[..., Any], sql: str, parameters: Any, many: Any, context: Any
    ) -> Any:
        other = TABLE.sub(lambda found: f"{OTHERS[found[1]]}_{name}", sql)
        return execute(other, parameters, many, context)

    with connection.execute_wrapper(send):
        yield


def measure(what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begun
    each = f", {done / seconds:,.0f} a second" if done else ""
    print(f"{what} in {seconds:.1f} s{each}", flush=True)


def seal(lines: int) -> int:
    """Seal the last lines; of those before, one seal says that they have theirs."""
    LedgerSeal(**BEFORE, first_position=1, last_position=lines - TO_SEAL).save(
        force_insert=True
    )
    return seal_ledger(at=timezone.now())


def check(lines: int) -> int:
    """:raises AssertionError: the lines are not as they were sealed."""
    begin = Place(1, bytes(32), lines - TO_SEAL)
    checked = 0
    for page in verify([], begin):
        assert page.fault is None, page.fault
        checked += page.entries
    return checked


BEFORE: dict[str, Any] = {
    "number": 1,
    "count": 1,
    "entries": b"",
    "previous": bytes(32),
    "hash": bytes(32),
    "signature": b"",
    "key_id": "",
    "sealed_at": timezone.now(),
}


def redact(_lines: int) -> int:
    """Take the name out of some lines of somebody who has very many."""
    doctor, done = id_of("doctor", MANY), 0
    while done < TO_REDACT:
        done += redact_lines(actor_id=doctor, at=timezone.now(), at_most=AT_ONCE)
    return done


if __name__ == "__main__":
    sys.exit(main())
