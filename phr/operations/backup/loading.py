"""Loading the dump of a backup into an empty database: all of it, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from phr.operations.backup.backup_file import read
from phr.operations.backup.faults import BackupFault
from phr.operations.backup.postgres_programs import connect, restore

HOW = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
# Connections of people and programs; what PostgreSQL does by itself has no account.
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND usesysid IS NOT NULL
"""
TABLES = """
    SELECT count(*) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        AND NOT EXISTS (
            SELECT FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                AND deptype = 'e'
        )
"""


def refuse_database_in_use(session: psycopg.Connection[tuple[object, ...]]) -> None:
    """:raises BackupFault: somebody else is connected."""
    others = number(session, OTHERS)
    if others:
        raise BackupFault(
            f"The database is in use by {others} other connections. Stop web, workers "
            "and beat first."
        )


def refuse_unfinished_recovery(
    session: psycopg.Connection[tuple[object, ...]],
) -> None:
    """:raises BackupFault: PostgreSQL reads what it has, but takes no changes yet."""
    if number(session, "SELECT pg_is_in_recovery()::int"):
        raise BackupFault(
            "PostgreSQL is still restoring the changes since its backup. Run this "
            "again when that has ended; its log says when."
        )


def refuse_full_database(session: psycopg.Connection[tuple[object, ...]]) -> None:
    """:raises BackupFault: there is something in it."""
    tables = number(session, TABLES)
    if tables:
        raise BackupFault(
            f"The database {session.info.dbname} is not empty: it has {tables} tables. "
            "Restore into an empty one."
        )


def number(session: psycopg.Connection[tuple[object, ...]], query: str) -> int:
    found = session.execute(query.encode()).fetchone()
    assert found
    return int(str(found[0]))


def load(path: Path, url: str) -> None:
    """Load the dump of a backup, in one transaction.

    :param path: a backup that was checked.
    :param url: of an empty database, as the account that shall own the tables.
    :raises BackupFault: it is not loaded, and the database is as it was.
    """
    with connect(url) as session:
        refuse_database_in_use(session)
        refuse_full_database(session)
    with path.open("rb") as file:
        _, dump = read(file)
        restore(url, dump, *HOW)


@contextmanager
def default_database(url: str) -> Iterator[None]:
    """Have Django work on another database meanwhile."""
    before = dict(connection.settings_dict)
    parts = conninfo_to_dict(url)
    connection.close()
    connection.settings_dict.update(
        {
            "NAME": parts.get("dbname", ""),
            "USER": parts.get("user", ""),
            "PASSWORD": parts.get("password", ""),
            "HOST": parts.get("host", ""),
            "PORT": parts.get("port", ""),
        }
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def bring_up_to_date() -> None:
    """Run the migrations that have come since the backup was made."""
    call_command("migrate", interactive=False, verbosity=0)
