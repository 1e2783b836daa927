"""Which release a process is of, told to PostgreSQL as the name of each connection.

Releases differ, for their database, by their migrations; so those are in the name, and
`pg_stat_activity` shows who still runs an older one.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

PROGRAM = "phr"
PACKAGE = Path(__file__).resolve().parents[1]
# PostgreSQL's own programs, which come and go beside any release.
VISITORS = ("psql", "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup")
CONNECTIONS = """
    SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid() AND application_name <> ALL(%s)
"""


@cache
def name() -> str:
    """A short name that differs between releases with other migrations."""
    migrations = sorted(
        f"{file.parents[1].name}.{file.stem}"
        for file in PACKAGE.glob("*/migrations/[0-9]*.py")
    )
    digest = sha256("\n".join(migrations).encode()).hexdigest()[:8]
    return f"{len(migrations)}-{digest}"


def application_name(process: str) -> str:
    """What a connection is called, for example "phr web 65-1a2b3c4d".

    :param process: what kind of process it belongs to.
    """
    return f"{PROGRAM} {process} {name()}"


def others_in_use(database: BaseDatabaseWrapper) -> Iterator[str]:
    """The release of each other connection that is not of ours; "" if it says none."""
    with database.cursor() as cursor:
        cursor.execute(CONNECTIONS, [list(VISITORS)])
        names = [found for (found,) in cursor.fetchall()]
    for found in names:
        program, _, rest = found.partition(" ")
        theirs = rest.rpartition(" ")[2] if program == PROGRAM else ""
        if theirs != name() and (program == PROGRAM or not found):
            yield theirs
