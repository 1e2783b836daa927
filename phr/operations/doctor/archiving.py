"""Whether PostgreSQL hands its changes over, where it is told to (docs/restore.md)."""

from collections.abc import Iterator

from django.db import connection

from phr.operations.findings import Finding, Part

PART = Part("backups")
FACTS = """
    SELECT current_setting('archive_mode') <> 'off',
        coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
        last_archived_time
    FROM pg_stat_archiver
"""


def examine() -> Iterator[Finding]:
    """What PostgreSQL's last try came to; nothing where it does not archive."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        archives, fails, last = cursor.fetchone()
    if not archives:
        return
    if fails:
        yield PART.error(
            "PostgreSQL cannot hand its changes over: its archive_command fails. They "
            "are kept on its disk meanwhile, which fills.",
            "See the log of PostgreSQL, and whether the repository is there and has "
            "room (docs/restore.md).",
        )
    else:
        when = f"{last:%Y-%m-%d %H:%M} UTC" if last else "never, as nothing was written"
        yield PART.ok(f"PostgreSQL hands its changes over; the last time: {when}.")
