"""Making a backup: a dump of the database, encrypted while it is written."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from phr.audit.latest_seal import NotedSeal
from phr.audit.seals import newest_seal
from phr.core import release
from phr.operations.backup.backup_file import (
    HALF,
    Manifest,
    backups_in,
    check,
    name_at,
    write,
)
from phr.operations.backup.faults import BackupFault
from phr.operations.backup.postgres_programs import dump
from phr.operations.backup.schema import applied_migrations

# Whose rows they are is decided where they are restored. Extensions that a superuser
# has added, such as pg_stat_statements, are the server's and not ours.
WHAT = (
    *("--format=custom", "--no-owner", "--no-privileges"),
    "--extension=pg_trgm",
)
KILLED_LONG_AGO = timedelta(days=1)


def make_backup(folder: Path, *, at: datetime) -> tuple[Path, Manifest]:
    """Write a backup into a folder, and read it again from the disk.

    :param at: by which it is named.
    :raises BackupFault: it could not be made; nothing is left of it.
    """
    path = folder / name_at(at)
    manifest = describe_database(at)
    url = settings.DATABASE_OWNER_URL or settings.DATABASE_URL
    write(path, manifest, dump(url, *WHAT))
    try:
        return path, check(path)
    except BackupFault:
        path.unlink()
        raise


def describe_database(at: datetime) -> Manifest:
    """What the database is, asked before the dump: it may hold more, but not less."""
    seal = newest_seal()
    return Manifest(
        made_at=at.isoformat(),
        release=release.name(),
        migrations=sorted(applied_migrations()),
        head=str(NotedSeal.of(seal)) if seal else "",
    )


def remove_old(folder: Path, *, keep: int, at: datetime) -> int:
    """Remove all but the newest backups, and what a killed one has left.

    :returns: how many backups are gone.
    """
    for half in folder.glob(f"*{HALF}"):
        if half.stat().st_mtime < (at - KILLED_LONG_AGO).timestamp():
            half.unlink()
    old = backups_in(folder)[keep:]
    for path in old:
        path.unlink()
    return len(old)
