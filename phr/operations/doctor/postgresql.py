"""PostgreSQL: there, new enough, UTF8, and what else the server's settings imply."""

from collections.abc import Iterator

from django.db import connection

from phr.core.backing_services import NotUsable, check_postgres
from phr.operations.findings import Finding, Part

PART = Part("postgresql")
FACTS = """
    SELECT current_setting('server_version'),
        EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm'),
        current_setting('session_replication_role'),
        current_setting('synchronous_commit'), current_setting('fsync'),
        current_setting('max_connections')::int,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        pg_size_pretty(pg_database_size(current_database())),
        (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database())
"""
FULL = 0.8  # of max_connections


def examine_reach() -> Iterator[Finding]:
    """Whether it is there, and what it must be."""
    try:
        check_postgres(connection)
    except NotUsable as reason:
        yield PART.error(
            str(reason), "See docs/operations.md, Accounts of the database."
        )
    else:
        yield PART.ok("It is there, new enough, and its encoding is UTF8.")


def examine_server() -> Iterator[Finding]:
    """What the database has and how the server keeps what it is told."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        version, trigram, role, commit, fsync, most, now, size, prepared = (
            cursor.fetchone()
        )
    yield PART.ok(f"PostgreSQL {version}; the database has {size}.")
    if not trigram:
        yield PART.error(
            "The extension pg_trgm is missing: searches fail.",
            "As the owner of the database: CREATE EXTENSION pg_trgm.",
        )
    if role != "origin":
        yield PART.error(
            "session_replication_role is not origin: no trigger protects the ledger.",
            "ALTER DATABASE ... RESET session_replication_role, also of the role.",
        )
    yield from of_durability(fsync, commit)
    if now > FULL * most:
        yield PART.warning(
            f"{now} of {most} connections are in use.",
            "Raise max_connections, or use a pooler (docs/operations.md).",
        )
    if prepared:
        yield PART.warning(
            f"{prepared} prepared transactions were left open; they hold locks.",
            "See pg_prepared_xacts, and COMMIT PREPARED or ROLLBACK PREPARED each.",
        )


def of_durability(fsync: str, commit: str) -> Iterator[Finding]:
    if fsync != "on":
        yield PART.error(
            "fsync is off: a crash of the machine can destroy the database.",
            "Set fsync = on in postgresql.conf, and reload.",
        )
    if commit == "off":
        yield PART.warning(
            "synchronous_commit is off: a crash loses what was confirmed just before.",
            "Set synchronous_commit = on.",
        )
