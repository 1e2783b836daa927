"""Each migration of a big database beside readers and writers: how long anybody waits.

python -m benchmarks.servers python -m benchmarks.migrating --records 1000000

The tables are filled as they were when they began to be big; then all migrations since
are applied while statements of everyday are sent again and again.
"""

import argparse
import os
import random
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
import psycopg
from django.core.management import call_command
from django.db import connection

from benchmarks.ledger_indexes import run
from phr.core.management.commands import migrate

# The last migrations before tables were big (tests/test_migrations.py).
BEGIN = {
    "core": "0001",
    "accounts": "0002",
    "care": "0002",
    "audit": "0003",
    "health_records": "0003",
    "archive": "0001",
    "erasure": "0001",
    "notifications": "0002",
}
# They read each record in Python, and write so many in a transaction of their own.
NOTE_WORDS = {"0004": "0005", "0012": "0013", "0016": "0017"}
WITHOUT_WORDS = "leave out what takes a millisecond for each record, and locks a few"
LONGEST = 1.0  # seconds
PAUSE = 0.01
VALUES = {
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now() - n * interval '1 second'",
    "date": "current_date",
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "inet": "'192.0.2.17'",
    "tsvector": "''",
}
PATIENT, DOCTOR = "id_of('patient', n)", "id_of('doctor', n)"
ID_OF = """
CREATE OR REPLACE FUNCTION id_of(kind text, n bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5(kind || n)::uuid $$
"""
STATEMENTS = {
    "read records": "SELECT id FROM health_records_healthrecord"
    " WHERE patient_id = id_of('patient', {n}) ORDER BY visit_date DESC LIMIT 20",
    "change a record": "UPDATE health_records_healthrecord SET updated_at = now()"
    " WHERE id = id_of('record', {n})",
    "read a session": "SELECT session.id, owner.id"
    " FROM accounts_loginsession AS session"
    " JOIN accounts_user AS owner ON owner.id = user_id"
    " WHERE session.id = id_of('session', {n})",
    "refresh a session": "UPDATE accounts_loginsession SET last_used_at = now()"
    " WHERE id = id_of('session', {n})",
    "change a grant": "UPDATE care_caregrant SET updated_at = now()"
    " WHERE id = id_of('grant', {n})",
    "read a line in an inbox": "UPDATE notifications_notification"
    " SET is_read = true, read_at = now() WHERE id = id_of('notice', {n})",
    "read a log": "SELECT id FROM audit_accessentry"
    " WHERE patient_id = id_of('patient', {n}) ORDER BY at DESC LIMIT 20",
}


@dataclass
class Waits:
    """What others have met with during one migration."""

    seconds: float = 0
    longest: float = 0
    statement: str = ""
    errors: set[str] = field(default_factory=set)


class Watched(migrate.Command):
    """Says which migration is under way."""

    now = "(between)"
    begun = 0.0
    found: defaultdict[str, Waits] = defaultdict(Waits)

    def migration_progress_callback(
        self,
        action: str,
        migration: Any = None,
        fake: bool = False,
    ) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_start":
            Watched.now, Watched.begun = str(migration), time.perf_counter()
        elif action == "apply_success":
            self.found[self.now].seconds = time.perf_counter() - self.begun
            Watched.now = "(between)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--without-words", action="store_true", help=WITHOUT_WORDS)
    chosen = parser.parse_args()
    records = chosen.records
    if "health_records_healthrecord" in connection.introspection.table_names():
        print("This database is not empty.")
        return 1
    for app, name in BEGIN.items():
        call_command("migrate", app, name, verbosity=0)
    fill(records)
    migrate_beside_others(records, NOTE_WORDS if chosen.without_words else {})
    return tell()


def fill(records: int) -> None:
    """Rows for all that the statements look at, and for what migrations rewrite."""
    run(ID_OF)
    people = max(records // 100, 100)
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"]) as superuser:
        superuser.execute("GRANT SET ON PARAMETER session_replication_role TO phr")
    run("SET session_replication_role = replica")  # no keys to check, no triggers
    for table, count, columns in (
        ("accounts_user", people, person("patient", "PATIENT")),
        ("accounts_user", people // 20, person("doctor", "DOCTOR")),
        ("care_patientprofile", people, profile("patient")),
        ("care_doctorprofile", people // 20, profile("doctor")),
        ("care_caregrant", people, grant(people)),
        ("health_records_healthrecord", records, record(people)),
        ("health_records_doctorcomment", records, comment(records)),
        ("audit_accessentry", records, line(people)),
        ("notifications_notification", records // 2, notice(people)),
        ("core_outboxevent", records // 10, event()),
        ("accounts_loginsession", people, session()),
    ):
        insert(table, count, columns)
    run("SET session_replication_role = DEFAULT")
    run("VACUUM (ANALYZE)")


def insert(table: str, count: int, columns: dict[str, str]) -> None:
    """Insert so many rows numbered n; columns that need a value get a plain one."""
    needed = {
        name: VALUES.get(kind, "0" if "int" in kind else "''")
        for name, kind in run(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL"
            " AND is_identity = 'NO'",
            table,
        )
    }
    known = needed | columns
    begun = time.perf_counter()
    run(
        f"INSERT INTO {table} ({', '.join(map(quoted, known))})"
        f" SELECT {', '.join(known.values())} FROM generate_series(1, {count}) AS n"
    )
    seconds = time.perf_counter() - begun
    print(f"{table}: {count:,} rows in {seconds:.0f} s", flush=True)


def quoted(name: str) -> str:
    return f'"{name}"'


def person(kind: str, user_type: str) -> dict[str, str]:
    return {
        "id": f"id_of('{kind} account', n)",
        "username": f"'{kind}' || n",
        "email": f"'{kind}' || n || '@example.org'",
        "first_name": "'Ann'",
        "last_name": "'Person' || n",
        "user_type": f"'{user_type}'",
        "is_active": "true",
    }


def profile(kind: str) -> dict[str, str]:
    return {"id": f"id_of('{kind}', n)", "user_id": f"id_of('{kind} account', n)"}


def grant(people: int) -> dict[str, str]:
    return {
        "id": "id_of('grant', n)",
        "patient_id": PATIENT,
        "doctor_id": f"id_of('doctor', n % {people // 20} + 1)",
        "starts_at": "now() - interval '1 year'",
        "status": "'ACTIVE'",
        "origin": "'STAFF'",
    }


def record(people: int) -> dict[str, str]:
    return {
        "id": "id_of('record', n)",
        "patient_id": f"id_of('patient', n % {people} + 1)",
        "created_by_id": f"id_of('patient account', n % {people} + 1)",
        "record_type": "'CHECKUP'",
        "title": "'Blood pressure ' || n",
        "description": "repeat('Measured in the morning. ', 8) || n",
        "version": "1",
    }


def comment(records: int) -> dict[str, str]:
    return {
        "id": "id_of('comment', n)",
        "health_record_id": f"id_of('record', n % {records} + 1)",
        "doctor_id": "id_of('doctor', n % 500 + 1)",
        "comment": "'Looks well. ' || n",
        "version": "1",
    }


def line(people: int) -> dict[str, str]:
    return {
        "actor_id": "id_of('doctor account', n % 500 + 1)",
        "patient_id": f"id_of('patient', n % {people} + 1)",
        "action": "'health_records.record_opened'",
        "outcome": "'ALLOWED'",
        "basis": "'GRANT'",
        "count": "1",
    }


def notice(people: int) -> dict[str, str]:
    return {
        "id": "id_of('notice', n)",
        "recipient_id": f"id_of('patient account', n % {people} + 1)",
        "notification_type": "'COMMENT_ADDED'",
        "title": "'A comment on your record'",
        "event_id": "id_of('event', n)",
    }


def event() -> dict[str, str]:
    return {
        "id": "id_of('event', n)",
        "kind": "'health_records.comment_added'",
        "payload": "jsonb_build_object('comment_id', id_of('comment', n))",
        "delivered_at": "now()",
    }


def session() -> dict[str, str]:
    return {"id": "id_of('session', n)", "user_id": "id_of('patient account', n)"}


def migrate_beside_others(records: int, left_out: dict[str, str]) -> None:
    """Migrate all, except migrations of records that are named after the one before."""
    done = threading.Event()
    url = os.environ["DATABASE_URL"]
    others = [
        threading.Thread(target=repeat, args=(name, url, records // 100, done))
        for name in STATEMENTS
    ]
    for other in others:
        other.start()
    try:
        for before, name in left_out.items():
            call_command(Watched(), "health_records", before, verbosity=0)
            call_command("migrate", "health_records", name, fake=True, verbosity=0)
        call_command(Watched(), verbosity=0)
    finally:
        done.set()
        for other in others:
            other.join()


def repeat(name: str, url: str, most: int, done: threading.Event) -> None:
    """Send one statement until all is done, and note the longest time that it took."""
    dice = random.Random(name)
    with psycopg.connect(url, autocommit=True) as other:
        while not done.is_set():
            sql = STATEMENTS[name].format(n=dice.randint(1, most))
            during, begun = Watched.now, time.perf_counter()
            try:
                other.execute(sql.encode())
            except psycopg.Error as error:
                Watched.found[during].errors.add(f"{name}: {type(error).__name__}")
            took = time.perf_counter() - begun
            waits = Watched.found[during if during != "(between)" else Watched.now]
            if took > waits.longest:
                waits.longest, waits.statement = took, name
            time.sleep(PAUSE)


def tell() -> int:
    """:returns: how many migrations kept somebody waiting for too long."""
    print("| migration | seconds | longest wait, s | of | errors |")
    print("|---" * 5 + "|")
    for name, waits in sorted(Watched.found.items()):
        print(
            f"| {name} | {waits.seconds:.1f} | {waits.longest:.2f} |"
            f" {waits.statement} | {'; '.join(sorted(waits.errors))} |"
        )
    late = [name for name, waits in Watched.found.items() if waits.longest > LONGEST]
    print(f"Longer than {LONGEST} s: {', '.join(sorted(late)) or 'none'}")
    return len(late)


if __name__ == "__main__":
    sys.exit(main())
