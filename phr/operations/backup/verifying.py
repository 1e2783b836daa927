"""Trying a backup: it is restored into a database of its own, and looked at there."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import sql

from phr.audit.latest_seal import NotedSeal
from phr.operations.backup.after_restore import Ledger, check_ledger
from phr.operations.backup.backup_file import Manifest, check
from phr.operations.backup.loading import bring_up_to_date, default_database, load
from phr.operations.backup.postgres_programs import connect
from phr.operations.backup.schema import refuse_newer_backup


def verify_backup(
    path: Path, *, server: str, heads: Sequence[NotedSeal]
) -> tuple[Manifest, Ledger]:
    """Restore a backup into a new database, check the ledger there, and drop it.

    :param server: the address of an account that may create databases.
    :param heads: seals of the ledger that were noted elsewhere.
    :raises BackupFault: it is of no use; says why.
    """
    manifest = check(path)
    refuse_newer_backup(manifest.release, manifest.migrations)
    sealed = [NotedSeal.from_text(manifest.head)] if manifest.head else []
    with scratch_database(server) as url:
        load(path, url)
        with default_database(url):
            bring_up_to_date()
            return manifest, check_ledger([*heads, *sealed])


@contextmanager
def scratch_database(server: str) -> Iterator[str]:
    """A new database that goes afterwards.

    :param server: the address of an account that may create one.
    """
    name = f"phr_backup_{secrets.token_hex(8)}"
    database = sql.Identifier(name)
    with connect(server) as session:
        session.execute(
            sql.SQL(
                "CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
            ).format(database)
        )
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
