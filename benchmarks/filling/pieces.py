"""What has been filled already, and what was taken off the big tables meanwhile.

Both stand in the database itself, in the transactions of the rows they speak of: a
filler that was killed goes on where it was.
"""

from collections.abc import Callable

from django.db import connection, transaction

TABLES = """
CREATE TABLE IF NOT EXISTS benchmark_piece (name text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS benchmark_taken_off (
  position serial PRIMARY KEY, name text NOT NULL, statement text NOT NULL
);
"""
BIG = ("health_records_healthrecord", "health_records_doctorcomment")
FOREIGN_KEYS = """
SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
ORDER BY conname
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename = ANY(%s) AND indexname NOT IN (
  SELECT conindid::regclass::text FROM pg_constraint WHERE conindid <> 0
)
ORDER BY indexname
"""


class OtherFilling(Exception):
    """The database holds something that this run has not filled."""


def prepare(records: int, *, has_people: bool) -> None:
    """See that the database is empty, or was begun by a filler of this size.

    :raises OtherFilling: it is neither.
    """
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    sizes = {name for name in done_pieces() if name.startswith("size ")}
    wanted = {f"size {records}"}
    if sizes - wanted or (has_people and not sizes):
        raise OtherFilling(f"this database holds other rows: {sizes or 'people'}")
    once(wanted.pop(), lambda: None)


def done_pieces() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM benchmark_piece")
        return {name for (name,) in cursor.fetchall()}


def once(name: str, work: Callable[[], None]) -> None:
    """Do a piece of work, unless it is done; with its note, or not at all."""
    note = "INSERT INTO benchmark_piece VALUES (%s) ON CONFLICT DO NOTHING"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(note, [name])
        if cursor.rowcount:
            work()


def count_chunks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM benchmark_piece WHERE name LIKE 'chunk %'")
        return int(cursor.fetchone()[0])


def take_off() -> None:
    """Drop foreign keys and indexes of the big tables, and keep how to make them.

    The primary keys stay: rows come in their order, which costs little.
    """
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [list(BIG)])
        for name, definition in cursor.fetchall():
            keep(name, definition, f'DROP INDEX "{name}"')
        cursor.execute(FOREIGN_KEYS, [list(BIG)])
        for name, table, definition in cursor.fetchall():
            remake = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            keep(name, remake, f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def keep(name: str, remake: str, drop: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO benchmark_taken_off (name, statement) VALUES (%s, %s)",
            [name, remake],
        )
        cursor.execute(drop)


def put_back(tell: Callable[[str], None]) -> None:
    """Make what was taken off anew, one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, statement FROM benchmark_taken_off ORDER BY position"
        )
        for name, statement in cursor.fetchall():
            tell(name)
            with transaction.atomic():
                cursor.execute(statement)
                cursor.execute("DELETE FROM benchmark_taken_off WHERE name=%s", [name])
