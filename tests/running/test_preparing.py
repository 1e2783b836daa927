"""Two that prepare the same empty database at once, as two deployments do."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from dev import places, stopping
from dev.processes import Guard, Start, end_all, start
from tests.dropping import drop_database
from tests.running.conftest import database_url, environment

PATIENCE = 240  # seconds
NAME = "test_prepared_by_two"
PREPARE = [sys.executable, "-m", "dev.prepare"]
DJANGO = [sys.executable, "manage.py"]


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[str]:
    server = urlsplit(database_url())
    with psycopg.connect(
        server._replace(path="/postgres").geturl(), autocommit=True
    ) as postgres:
        postgres.execute(f"DROP DATABASE IF EXISTS {NAME}")
        postgres.execute(f"CREATE DATABASE {NAME}")
        yield server._replace(path=f"/{NAME}").geturl()
        drop_database(postgres, NAME)


def run_at_once(commands: list[list[str]], url: str, folder: Path) -> list[str]:
    """Start commands together; what each has printed, once all have succeeded."""
    with Guard() as guard, ExitStack() as stack:
        processes = []
        for number, command in enumerate(commands):
            how = Start(
                command,
                environment() | {"DATABASE_URL": url},
                places.CHECKOUT,
                log=folder / str(number),
            )
            processes.append(start(f"command {number}", how, guard))
            stack.callback(end_all, [processes[-1]])
        stopping.wait_for(
            lambda: all(each.exit_code is not None for each in processes), PATIENCE
        )
        printed = [(folder / str(n)).read_text() for n in range(len(commands))]
        assert [each.exit_code for each in processes] == [0] * len(commands), printed
    return printed


@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.django_db(transaction=True)
def test_of_two_that_migrate_an_empty_database_one_waits_for_the_other(
    empty_database: str, tmp_path: Path
) -> None:
    migrate = [*DJANGO, "migrate", "--no-input"]

    outputs = run_at_once([migrate, PREPARE, migrate], empty_database, tmp_path)

    nothing_left = ["No migrations to apply" in each for each in outputs]
    assert sum(nothing_left) >= 1  # who came later found it done
    check = [*DJANGO, "migrate", "--check"]
    run_at_once([check], empty_database, tmp_path)
    with psycopg.connect(empty_database) as postgres:
        found = postgres.execute("SELECT count(*) FROM accounts_user").fetchone()
    assert found is not None
    assert found[0] > 0
