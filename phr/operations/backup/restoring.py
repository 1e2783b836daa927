"""Restoring a backup as the database of this installation."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from phr.audit.database_roles import NotCreated, create_as_set
from phr.audit.latest_seal import NotedSeal
from phr.erasure.past_erasures import PastErasure
from phr.operations.backup.after_restore import Finished, finish
from phr.operations.backup.backup_file import Manifest, check
from phr.operations.backup.faults import BackupFault
from phr.operations.backup.last_verified import note_verified
from phr.operations.backup.loading import bring_up_to_date, load
from phr.operations.backup.schema import refuse_newer_backup


def restore(
    path: Path,
    *,
    erasures: Sequence[PastErasure],
    heads: Sequence[NotedSeal],
    at: datetime,
) -> tuple[Manifest, Finished]:
    """Restore a backup into the empty database that the settings name.

    With DATABASE_ADMIN_URL the accounts and the database are created first.

    :param erasures: as `finish` takes them, and `heads`.
    :raises BackupFault: the backup cannot be used, or the database is in the way: then
        nothing is changed. Or the restored database is not fit for use.
    """
    manifest = check(path)
    refuse_newer_backup(manifest.release, manifest.migrations)
    connection.close()  # ours would be in the way
    create_database()
    load(path, settings.DATABASE_OWNER_URL or settings.DATABASE_URL)
    if settings.DATABASE_OWNER_URL:
        call_command("prepare_database", verbosity=0)
    else:
        bring_up_to_date()
    sealed = [NotedSeal.from_text(manifest.head)] if manifest.head else []
    finished = finish(erasures=erasures, heads=[*heads, *sealed], at=at)
    note_verified(manifest.time)
    return manifest, finished


def create_database() -> None:
    """:raises BackupFault: the server is away, or refuses."""
    if not (settings.DATABASE_ADMIN_URL and settings.DATABASE_OWNER_URL):
        return
    try:
        create_as_set()
    except NotCreated as reason:
        raise BackupFault(f"DATABASE_ADMIN_URL: {reason}.") from None
