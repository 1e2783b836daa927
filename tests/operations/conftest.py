"""Servers that are not as they should be, for the examinations to find out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from dev import places
from dev.postgres import Cluster, make_cluster, start_cluster
from dev.postgres_binaries import find_binaries
from dev.processes import Guard, end_all
from dev.valkey import start_store
from phr.core import redis_client
from tests.running.conftest import database_url


@pytest.fixture
def own_valkey(
    tmp_path: Path, settings: Settings
) -> Iterator[redis_client.BoundedRedis]:
    """A Valkey that no other test uses, as the one of this installation."""
    with Guard() as guard:
        log = tmp_path / "valkey.log"
        process, url = start_store(tmp_path / "valkey", log, guard, durable=False)
        settings.REDIS_URL = url
        client = redis_client.connection()
        yield client
        client.close()
        end_all([process])


@contextmanager
def own_cluster(**settings: str) -> Iterator[tuple[Cluster, Guard]]:
    """A PostgreSQL that no other test uses, made and not yet started.

    :param settings: of PostgreSQL.
    """
    folder, lock = places.throwaway_folder()
    binaries = find_binaries()
    if binaries.account is not None:
        os.chown(folder, binaries.account.pw_uid, binaries.account.pw_gid)
    with Guard(keep=[lock]) as guard:
        guard.remove(folder)
        cluster = Cluster(
            binaries=binaries,
            data=folder / "postgres",
            sockets=folder / "sockets",
            log=folder / "postgres.log",
            settings={"fsync": "off", **settings},
        )
        make_cluster(cluster, guard)
        yield cluster, guard
    os.close(lock)


@contextmanager
def started(cluster: Cluster, guard: Guard) -> Iterator[str]:
    """The address of its superuser, while it runs."""
    process = start_cluster(cluster, guard)
    try:
        yield cluster.url("postgres", "postgres")
    finally:
        end_all([process])


@pytest.fixture(scope="session")
def empty_role(django_db_setup: None) -> Iterator[str]:
    """A role of PostgreSQL that may sign in, and nothing else."""
    name = f"app_of_{connection.settings_dict['NAME']}"
    on_server(f"DROP ROLE IF EXISTS {name}")
    on_server(f"CREATE ROLE {name} LOGIN")
    yield name
    on_server(f"DROP ROLE {name}")


def on_server(statement: str) -> None:
    """Run it as somebody who may, on a connection that no other test can end."""
    with psycopg.connect(superusers_url(), autocommit=True) as session:
        session.execute(statement.encode())


def superusers_url() -> str:
    """The address of the test database for somebody who may make roles.

    The tests' own server lets `postgres` in; another one's account has to do.
    """
    parts = urlsplit(database_url())
    place = parts.netloc.rpartition("@")[2]
    if not place.lower().startswith("%2f"):  # it is not a socket's folder
        return database_url()
    return parts._replace(netloc=f"postgres@{place}").geturl()
