"""Two accounts of the database: one owns the tables, the application only uses them.

An owner can disable the triggers that protect the ledger, so the application is not one
(docs/operations.md, "Accounts of the database").
"""

from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from phr.audit.models import REDACTED, AccessEntry, LedgerRedaction, LedgerSeal
from phr.core.backing_services import ANSWER
from phr.core.postgres.advisory_locks import PREPARING

LEDGER = [model._meta.db_table for model in (AccessEntry, LedgerSeal, LedgerRedaction)]
EXISTS = "SELECT rolsuper OR rolname = session_user FROM pg_roles WHERE rolname = %s"
PLAIN_ROLE = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


class NotCreated(Exception):
    """Accounts or database are not there. The text says why, without any password."""


class UnfitRole(NotCreated):
    """An account that is another's, and is left as it is."""


def create_as_set() -> None:
    """Create what the settings name, as the administrator whom they name.

    :raises NotCreated: the server is away, or refuses, or an account is another's.
    """
    try:
        create_roles_and_database(
            settings.DATABASE_ADMIN_URL,
            settings.DATABASE_OWNER_URL,
            settings.DATABASE_URL,
        )
    except psycopg.Error as error:
        answer = ANSWER.search(str(error))
        raise NotCreated(answer[1] if answer else type(error).__name__) from error


def create_roles_and_database(admin_url: str, owner_url: str, app_url: str) -> None:
    """Create both accounts with the passwords in their addresses, and the database.

    What exists stays, with the present passwords; so a second run changes nothing.

    :param admin_url: of a superuser, in a database that exists.
    :raises UnfitRole: one of them is an administrator's; nothing was changed.
    :raises psycopg.Error: the server is not there, or refuses.
    """
    owner, app = conninfo_to_dict(owner_url), conninfo_to_dict(app_url)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        for account in (owner, app):
            refuse_administrators(connection, str(account["user"]))
        for account in (owner, app):
            ensure_role(connection, str(account["user"]), account.get("password"))
        ensure_database(connection, str(owner["dbname"]), str(owner["user"]))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(str(owner["dbname"])), sql.Identifier(str(app["user"]))
            )
        )


def refuse_administrators(connection: psycopg.Connection[Any], name: str) -> None:
    """:raises UnfitRole: we would take the rights of a superuser, or our own."""
    found = connection.execute(EXISTS, [name]).fetchone()
    if found and found[0]:
        raise UnfitRole(
            f"the account {name} is a superuser, or the one that DATABASE_ADMIN_URL "
            "signs in with. Name accounts of their own in DATABASE_OWNER_URL and "
            "DATABASE_URL"
        )


def ensure_role(
    connection: psycopg.Connection[Any], name: str, password: str | int | None
) -> None:
    """Create an account, or give it this password.

    The password is hashed here: a statement may end up in the server's log.

    :param password: none for an account that the server knows otherwise (peer, cert);
        one that it has stays.
    """
    verb = "ALTER" if connection.execute(EXISTS, [name]).fetchone() else "CREATE"
    statement = sql.SQL("{} ROLE {} {}").format(
        sql.SQL(verb), sql.Identifier(name), sql.SQL(PLAIN_ROLE)
    )
    if password:
        hashed = connection.pgconn.encrypt_password(
            str(password).encode(), name.encode(), b"scram-sha-256"
        )
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(hashed.decode()))
    connection.execute(statement)


def ensure_database(connection: psycopg.Connection[Any], name: str, owner: str) -> None:
    """Create the database, which nobody may open but its owner and who is let in."""
    found = "SELECT 1 FROM pg_database WHERE datname = %s"
    database = sql.Identifier(name)
    if not connection.execute(found, [name]).fetchone():
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LOCALE 'C.UTF-8'"
                " TEMPLATE template0"
            ).format(database, sql.Identifier(owner))
        )
    connection.execute(
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
    )


def let_application_in(execute: Callable[[Any], object], role: str) -> None:
    """Let the application read and write all tables, and only add to the ledger.

    For tables of later migrations as well; in one transaction, so that there is no
    moment at which it could do more.

    :param execute: runs a statement as the owner of the tables.
    """
    tables = "SELECT, INSERT, UPDATE, DELETE ON {}TABLES {}TO {}"
    sequences = "USAGE, SELECT ON {}SEQUENCES {}TO {}"
    statements = ["GRANT USAGE ON SCHEMA public TO {role}"]
    for rights in (tables, sequences):
        later = rights.format("", "", "{role}")
        present = rights.format("ALL ", "IN SCHEMA public ", "{role}")
        statements += [f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {later}"]
        statements += [f"GRANT {present}"]
    statements += [
        "REVOKE UPDATE, DELETE, TRUNCATE ON {ledger} FROM {role}",
        "GRANT UPDATE ({redacted}) ON {entries} TO {role}",
    ]
    names = {
        "role": sql.Identifier(role),
        "ledger": sql.SQL(", ").join(map(sql.Identifier, LEDGER)),
        "entries": sql.Identifier(AccessEntry._meta.db_table),
        "redacted": sql.SQL(", ").join(map(sql.Identifier, REDACTED)),
    }
    for statement in statements:
        execute(sql.SQL(statement).format(**names).as_string())
