"""The accounts that `manage.py prepare_database` makes, and what they may do."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from dev import places
from dev.postgres import Cluster, start_cluster
from dev.processes import Guard
from dev.servers import end_one_by_one, throwaway_cluster
from phr.audit.database_roles import (
    UnfitRole,
    create_roles_and_database,
    let_application_in,
)
from tests.production import NEEDED, run_python

TABLES = """
    CREATE TABLE audit_accessentry
        (id int, count int, actor_name text, address inet, user_agent text);
    CREATE TABLE audit_ledgerseal (id int);
    CREATE TABLE audit_ledgerredaction (id int);
    CREATE TABLE care_caregrant (id serial)
"""
ROLES = "SELECT rolsuper, rolcreatedb, rolpassword FROM pg_authid WHERE rolname"
OWNER, APP, NAME = "records_owner", "records_app", "records"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of our own: who owns a database may not create accounts."""
    with ExitStack() as stack:
        folder, lock = places.throwaway_folder()
        stack.callback(os.close, lock)
        guard = stack.enter_context(Guard(keep=[lock]))
        guard.remove(folder)
        cluster = throwaway_cluster(folder)
        stack.callback(end_one_by_one, [start_cluster(cluster, guard)])
        yield cluster


def on_server(cluster: Cluster, statement: str) -> list[tuple[Any, ...]]:
    url = cluster.url("postgres", "postgres")
    with psycopg.connect(url, autocommit=True) as server:
        done = server.execute(statement)
        return done.fetchall() if done.description else []


def create(cluster: Cluster, password: str) -> None:
    owner, app = (
        cluster.url(f"{account}:{password}", NAME) for account in (OWNER, APP)
    )
    create_roles_and_database(cluster.url("postgres", "postgres"), owner, app)


def test_both_accounts_and_the_database_are_created(cluster: Cluster) -> None:
    create(cluster, "a-secret")

    assert on_server(
        cluster,
        "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole, rolcanlogin,"
        " rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid"
        " WHERE rolname LIKE 'records%' ORDER BY rolname",
    ) == [(APP, False, True, True), (OWNER, False, True, True)]
    assert on_server(
        cluster,
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding),"
        f" has_database_privilege('{APP}', oid, 'CONNECT'),"
        f" has_database_privilege('{APP}', oid, 'CREATE, TEMP')"
        f" FROM pg_database WHERE datname = '{NAME}'",
    ) == [(OWNER, "UTF8", True, False)]


def test_a_second_run_gives_the_accounts_their_new_passwords(cluster: Cluster) -> None:
    stored = f"SELECT rolpassword FROM pg_authid WHERE rolname = '{APP}'"
    create(cluster, "a-secret")
    before = on_server(cluster, stored)

    create(cluster, "another-secret")

    assert on_server(cluster, stored) != before


def test_an_account_without_a_password_in_its_address_keeps_the_one_it_has(
    cluster: Cluster,
) -> None:
    stored = (
        "SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'records%' ORDER BY 1"
    )
    create(cluster, "a-secret")
    before = on_server(cluster, stored)

    owner, app = (cluster.url(account, NAME) for account in (OWNER, APP))
    create_roles_and_database(cluster.url("postgres", "postgres"), owner, app)

    assert on_server(cluster, stored) == before


@pytest.mark.parametrize("place", ["owner", "app"])
@pytest.mark.parametrize("admin", ["postgres", "another_superuser"])
def test_an_administrators_account_is_refused_and_stays_as_it_is(
    cluster: Cluster, admin: str, place: str
) -> None:
    if admin != "postgres" and not on_server(cluster, f"{ROLES} = '{admin}'"):
        on_server(cluster, f"CREATE ROLE {admin} SUPERUSER LOGIN PASSWORD 'x'")
    before = on_server(cluster, f"{ROLES} = '{admin}'")
    users = {"owner": OWNER, "app": APP, place: f"{admin}:new"}
    owner, app = (cluster.url(users[key], NAME) for key in ("owner", "app"))

    with pytest.raises(UnfitRole, match=f"the account {admin} is a superuser, or"):
        create_roles_and_database(cluster.url("postgres", "postgres"), owner, app)

    assert on_server(cluster, f"{ROLES} = '{admin}'") == before


def test_a_database_that_exists_is_closed_to_everybody_else(cluster: Cluster) -> None:
    create(cluster, "a-secret")
    on_server(cluster, f"GRANT ALL ON DATABASE {NAME} TO PUBLIC")

    create(cluster, "a-secret")

    may = f"has_database_privilege('{APP}', '{NAME}', 'CREATE, TEMP')"
    assert on_server(cluster, f"SELECT {may}") == [(False,)]


@pytest.fixture(scope="module")
def application(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """The application's connection, after two releases."""
    create(cluster, "a-secret")
    with psycopg.connect(cluster.url(OWNER, NAME)) as owner:
        owner.execute(TABLES)
        let_application_in(owner.execute, APP)
        owner.execute("CREATE TABLE care_later (id serial)")
        let_application_in(owner.execute, APP)
    with psycopg.connect(cluster.url(APP, NAME), autocommit=True) as application:
        yield application


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_accessentry SET count = 9",
        "DELETE FROM audit_accessentry",
        "TRUNCATE audit_ledgerseal",
        "UPDATE audit_ledgerredaction SET id = 9",
        "CREATE TABLE more (id int)",
        "CREATE TEMP TABLE more (id int)",
        "ALTER TABLE audit_accessentry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        f"SET ROLE {OWNER}",
    ],
)
def test_the_application_cannot_change_the_ledger_or_a_table(
    application: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_accessentry (id) VALUES (1)",
        "UPDATE audit_accessentry SET actor_name = '', address = NULL, user_agent = ''",
        "INSERT INTO care_caregrant DEFAULT VALUES",
        "UPDATE care_caregrant SET id = 7",
        "INSERT INTO care_later DEFAULT VALUES",
        "DELETE FROM care_later",
    ],
)
def test_the_application_reads_and_writes_everything_else(
    application: psycopg.Connection[Any], statement: str
) -> None:
    application.execute(statement)


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        (None, "Set DATABASE_OWNER_URL"),
        ({"USER": "{ours}", "NAME": "{name}"}, "name the same account"),
        ({"USER": "phr_owner", "NAME": "another"}, "name different databases"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, owner: dict[str, str] | None, said: str
) -> None:
    ours = connection.settings_dict
    known = {"ours": ours["USER"], "name": ours["NAME"]}
    filled = owner and {key: owner[key].format(**known) for key in owner}
    monkeypatch.setattr(settings, "DATABASE_OWNER", filled, raising=False)

    with pytest.raises(CommandError, match=said):
        call_command("prepare_database")


def test_a_server_that_is_not_there_is_said_in_a_sentence() -> None:
    urls = {
        "DATABASE_OWNER_URL": "postgresql://phr_owner:hunter5@127.0.0.1:1/phr",
        "DATABASE_ADMIN_URL": "postgresql://admin:hunter6@127.0.0.1:1/postgres",
    }

    done = run_python("manage.py", "prepare_database", **(NEEDED | urls))

    assert done.returncode != 0
    assert "CommandError: DATABASE_ADMIN_URL: " in done.stderr
    assert "hunter" not in done.stderr
    assert "Traceback" not in done.stderr
