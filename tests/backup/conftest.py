"""The database of the tests, and a server on which everything is lost."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from dev.postgres_binaries import find_binaries
from tests.operations.conftest import on_server, superusers_url
from tests.production import NEEDED, run_python
from tests.running.conftest import database_url

BACKUP_KEY = "a-backup-key-of-this-test-only-c2NobMO8c3NlbA-and-of-nobody-else"
Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    """What an installation keeps apart from its backups."""
    return NEEDED | {
        "LEDGER_SIGNING_KEY": settings.LEDGER_SIGNING_KEY,
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY,
        "ENCRYPTION_KEY": settings.ENCRYPTION_KEY,
        "BACKUP_KEY": BACKUP_KEY,
        "REDIS_URL": settings.REDIS_URL,
        "PATH": f"{find_binaries().folder}:{os.environ['PATH']}",
    }


@pytest.fixture
def manage(keys: dict[str, str]) -> Manage:
    """Run a command of `manage.py` on the database of the tests, as people do."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        ours = {"DATABASE_URL": database_url()}
        given = map(str, arguments)
        return run_python("manage.py", *given, **keys | ours | variables)

    return run


@pytest.fixture
def backup(manage: Manage, tmp_path: Path) -> Callable[[], Path]:
    """Make a backup, and say where it is."""

    def make() -> Path:
        done = manage("backup", tmp_path)
        assert done.returncode == 0, done.stderr
        (path,) = tmp_path.glob("*.phr-backup")
        return path

    return make


def leave_alone(database: str) -> None:
    """End the sessions that threads of other tests have kept, as stopping web does."""
    on_server(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    )


@pytest.fixture
def new_machine(transactional_db: None) -> Iterator[dict[str, str]]:
    """The addresses of a database that is not there yet, and of its two accounts."""
    name = f"restored_{connection.settings_dict['NAME']}"
    owner, app = f"{name}_owner", f"{name}_app"
    parts = urlsplit(superusers_url())
    host = parts.netloc.rpartition("@")[2]

    def url(account: str, database: str) -> str:
        return f"postgresql://{account}@{host}/{database}"

    yield {
        "DATABASE_URL": url(app, name),
        "DATABASE_OWNER_URL": url(owner, name),
        "DATABASE_ADMIN_URL": parts._replace(path="/postgres").geturl(),
    }
    on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    for role in (app, owner):
        on_server(f"DROP ROLE IF EXISTS {role}")


def is_made(machine: dict[str, str]) -> bool:
    """Whether there is this machine's database; other tests have theirs beside it."""
    name = urlsplit(machine["DATABASE_URL"]).path[1:]
    with psycopg.connect(machine["DATABASE_ADMIN_URL"]) as session:
        found = session.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return found.rowcount == 1


def assert_refused(
    manage: Manage, path: Path, machine: dict[str, str], why: str, **variables: str
) -> None:
    before = is_made(machine)
    done = manage("restore", path, "--without-erasures", **machine | variables)

    assert done.returncode == 1
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert is_made(machine) is before
