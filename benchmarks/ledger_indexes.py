"""What the ledger's combined indexes cost a writer, and what they save a reader.

python -m benchmarks.servers python -m benchmarks.ledger_indexes --lines 5000000

The same lines stand in a table for each set of indexes. Pages of twenty lines are added
to all tables in turn; then each filter of the access log is asked of each.
"""

import argparse
import statistics
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
import orjson
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks.cpu import TICKS, stat
from benchmarks.ledger_lines import COMMON, LESS, MANY, PAGE, RARE, fill, id_of
from phr.accounts.models import User, UserType
from phr.audit.access_log import EntryFilters, entries_for
from phr.audit.bulk_insert import ADD_LINES
from phr.care.models import PatientProfile
from phr.core.compiled_queries import CompiledQuery
from phr.core.ids import uuid7
from phr.core.keyset_pagination import Cursor, newest_first

ROUNDS, PAGES_A_ROUND = 5, 300
READERS = {
    "patient 141": "few",
    f"patient {MANY}": "a 25th",
    "doctor 7": "few",
    f"doctor {MANY}": "a tenth",
}
BY_TIME = "at DESC, id DESC"
REFUSED_SIGN_IN = "actor_id IS NULL AND object_kind = 'account' AND outcome = 'REFUSED'"
CHART_OPENED = "action = 'health_records.chart_opened' AND outcome = 'ALLOWED'"
ALWAYS = (
    "UNIQUE (id)",
    "UNIQUE (position)",
    f"(patient_id, {BY_TIME})",
    f"(actor_id, {BY_TIME})",
    f"(patient_id, {BY_TIME}) WHERE outcome = 'REFUSED'",
    f"(actor_id, {BY_TIME}) WHERE outcome = 'REFUSED'",
    f"(object_ids) WHERE {REFUSED_SIGN_IN}",
    f"(patient_id, actor_id, at DESC) WHERE {CHART_OPENED}",
)
BOTH = f"(patient_id, actor_id, {BY_TIME})"
BY_ACTION = (f"(patient_id, action, {BY_TIME})", f"(actor_id, action, {BY_TIME})")
BUT_LISTS = (
    " WHERE action NOT IN ('health_records.records_listed', 'care.patients_listed')"
)
OF_PATIENT, BY_ACTOR = BY_ACTION
VARIANTS = {
    "all": (BOTH, *BY_ACTION),
    "few_of_patient": (BOTH, OF_PATIENT + BUT_LISTS, BY_ACTOR),
    "none": (),
}


class Asked(NamedTuple):
    """A page of somebody's log.

    :param lines: how many the reader has, in words.
    :param late: whether nine tenths of the time lie before it.
    """

    reader: str
    lines: str
    what: str
    filters: EntryFilters
    late: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    lines = parser.parse_args().lines
    call_command("migrate", verbosity=0)
    make_tables(lines)
    add_in_turn()
    ask_all()
    return 0


def make_tables(lines: int) -> None:
    """The table of each variant; those that are there stay."""
    first = table_of(next(iter(VARIANTS)))
    for name, combined in VARIANTS.items():
        table = table_of(name)
        if table in connection.introspection.table_names():
            continue
        run(
            f"CREATE UNLOGGED TABLE {table} (LIKE audit_accessentry INCLUDING DEFAULTS)"
        )
        if table == first:
            fill(table, 1, lines, lines=lines)
            run("SELECT setval('audit_accessentry_position', %s)", lines)
        else:
            run(f"INSERT INTO {table} SELECT * FROM {first}")
        run("SET maintenance_work_mem = '1GB'")
        for definition in (*ALWAYS, *combined):
            make_index(table, definition)
        run(f"ALTER TABLE {table} SET LOGGED")
        run(f"VACUUM (FREEZE, ANALYZE) {table}")
        ((size,),) = run("SELECT pg_size_pretty(pg_indexes_size(%s))", table)
        print(f"{name}: {lines:,} lines, indexes {size}", flush=True)


def table_of(variant: str) -> str:
    return f"lines_{variant}"


def make_index(table: str, definition: str) -> None:
    unique = "UNIQUE " if definition.startswith("UNIQUE") else ""
    run(f"CREATE {unique}INDEX ON {table} {definition.removeprefix('UNIQUE ')}")


def run(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def add_in_turn(variants: Iterable[str] = VARIANTS) -> None:
    """Add pages of lines to each table in turn, and print what one has cost."""
    doctors = {number: id_of("doctor", number) for number in range(1, 50)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in variants}
    pages = count()
    for turn in range(ROUNDS + 1):
        for name, costs in found.items():
            begun = spent()
            add_pages(table_of(name), doctors, pages)
            used = zip(spent(), begun, strict=True)
            cpu, written = (after - before for after, before in used)
            if turn:  # the first one warms up
                costs.append((cpu, written))
    first = statistics.median(cpu for cpu, _ in next(iter(found.values())))
    for name, costs in found.items():
        cpu, written = map(statistics.median, zip(*costs, strict=True))
        print(
            f"{name}: {1_000 * cpu / PAGES_A_ROUND:.3f} ms of PostgreSQL's CPU a page"
            f" ({cpu / first:.2f}), {written / PAGES_A_ROUND / 1000:.1f} kB of WAL",
            flush=True,
        )


def add_pages(table: str, doctors: dict[int, UUID], pages: Iterator[int]) -> None:
    """A round: pages of twenty lines, each page a doctor's, of their patients."""
    statement = CompiledQuery(ADD_LINES.sql.replace("audit_accessentry", table))
    patients = {
        n: [id_of("patient", n * PAGE + p) for p in range(PAGE)] for n in doctors
    }
    for _ in range(PAGES_A_ROUND):
        number = 1 + next(pages) % len(doctors)
        lines = [line_of(patient) for patient in patients[number]]
        statement.rows(
            at=timezone.now(),
            actor_id=doctors[number],
            actor_role="DOCTOR",
            actor_name=f"Robin Doctor{number}",
            action=COMMON,
            face="api",
            address="192.0.2.17",
            user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
            lines=orjson.dumps(lines).decode(),
        )


def line_of(patient_id: UUID) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "basis": "GRANT",
        "grant_id": patient_id,
        "object_kind": "record",
        "object_ids": [uuid7()],
        "categories": ["CHECKUP"],
        "count": 1,
        "patient_id": patient_id,
        "outcome": "ALLOWED",
        "since": None,
    }


def spent() -> tuple[float, float]:
    """What this connection's process has used of the CPU, and all bytes of the WAL."""
    ((pid, written),) = run(
        "SELECT pg_backend_pid(), pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
    )
    user, system = (int(field) for field in stat(pid)[11:13])
    return (user + system) / TICKS, float(written)


def ask_all(variants: Iterable[str] = VARIANTS) -> None:
    """Print what each page costs each table: to plan, to run, and blocks."""
    names = list(variants)
    print(f"| whose log | filter | page | {' | '.join(names)} |")
    print("|---" * (3 + len(names)) + "|")
    for asked in questions():
        costs = [cost_of(asked, table_of(name)) for name in names]
        place = "late" if asked.late else "first"
        whose = f"{asked.reader}, {asked.lines}"
        print(f"| {whose} | {asked.what} | {place} | {' | '.join(costs)} |", flush=True)


def questions() -> Iterator[Asked]:
    for late in (False, True):
        for reader, size in READERS.items():
            for what, filters in filters_for(reader.split()[0]).items():
                yield Asked(reader, size, what, filters, late)


def filters_for(kind: str) -> dict[str, EntryFilters]:
    """The filters that a "patient" or a "doctor" may set, from common to never."""
    patient, doctor = id_of("patient", MANY), id_of("doctor", MANY)
    return {
        "nothing": EntryFilters(),
        "lists": EntryFilters(action=COMMON),
        "opened": EntryFilters(action=LESS),
        "rare": EntryFilters(action=RARE),
        "never done": EntryFilters(action="care.emergency_access"),
        "two rare kinds": EntryFilters(actions=(RARE, "care.grant_ended")),
        "refused": EntryFilters(outcome="REFUSED"),
        **(
            {
                "one doctor": EntryFilters(actor=id_of("doctor", 7)),
                "a doctor of many": EntryFilters(actor=doctor),
                "nobody's": EntryFilters(actor=id_of("doctor", -1)),
            }
            if kind == "patient"
            else {
                "one patient": EntryFilters(patient=id_of("patient", 141)),
                "a patient of many": EntryFilters(patient=patient),
                "nobody's": EntryFilters(patient=id_of("patient", -1)),
            }
        ),
    }


def cost_of(asked: Asked, table: str) -> str:
    """Of one page, warm."""
    rows = entries_for(reader_of(asked.reader), asked.filters)
    long_ago = datetime(2021, 7, 1, tzinfo=UTC)  # of five years
    cursor = (
        Cursor(forwards=True, time=long_ago, id=UUID(int=0)) if asked.late else None
    )
    sql, values = newest_first(rows, "at", cursor)[: PAGE + 1].query.sql_with_params()
    sql = sql.replace("audit_accessentry", table)
    explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}"
    for _ in range(3):
        ((found,),) = run(explain, *values)
    told = (orjson.loads(found) if isinstance(found, str) else found)[0]
    plan = told["Plan"]
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    took = f"{told['Planning Time']:.1f} + {told['Execution Time']:.2f} ms"
    return f"{took}, {blocks:,}"


def reader_of(name: str) -> User:
    kind, number = name.split()
    user = User(
        id=id_of(kind, int(number)),
        user_type=UserType.PATIENT if kind == "patient" else UserType.DOCTOR,
    )
    if kind == "patient":
        PatientProfile(id=user.pk, user=user)  # the account finds it
    return user


if __name__ == "__main__":
    sys.exit(main())
