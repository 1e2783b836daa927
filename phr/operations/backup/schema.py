"""Of which release the tables of a backup or a database are, told by migrations."""

from collections.abc import Collection

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from phr.core.readiness import known_migrations
from phr.operations.backup.faults import BackupFault


def applied_migrations() -> set[str]:
    """Those that the database has had, each as "app.name"."""
    return names_of(MigrationRecorder(connection).applied_migrations())


def names_of(migrations: Collection[tuple[str, str]]) -> set[str]:
    return {".".join(each) for each in migrations}


def refuse_newer_backup(release: str, migrations: Collection[str]) -> None:
    """:raises BackupFault: the backup is of tables that this release does not know."""
    refuse_newer(migrations, f"backup is of a newer release ({release})", "Restore it")


def refuse_other_database() -> None:
    """Let nobody work on tables of another release.

    :raises BackupFault: the database has had fewer migrations than there are, or more.
    """
    applied = applied_migrations()
    refuse_newer(applied, "database is of a newer release", "Finish")
    if missing := sorted(names_of(known_migrations()) - applied):
        raise BackupFault(
            f"The database is of an older release: it lacks {len(missing)} migrations, "
            f"such as {missing[0]}. Run `manage.py prepare_database` first, or, where "
            "there is no DATABASE_OWNER_URL, `manage.py migrate`."
        )


def refuse_newer(migrations: Collection[str], what: str, do: str) -> None:
    if newer := sorted(set(migrations) - names_of(known_migrations())):
        raise BackupFault(
            f"The {what}: it has {len(newer)} migrations that this one does not know, "
            f"such as {newer[0]}. {do} with that release."
        )
