"""What the roles of the application may do: not own tables, nor change the ledger."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from phr.audit.database_roles import LEDGER
from phr.audit.models import REDACTED as MAY_BE_REDACTED
from phr.audit.models import AccessEntry
from phr.core.release import PROGRAM
from phr.operations.findings import Finding, Part

PART = Part("roles")
HOW = (
    "`manage.py prepare_database` does so; see docs/operations.md, Accounts of the "
    "database."
)
# Those that serve people now; a role that somebody runs this command as is another.
APPLICATIONS = """
    SELECT DISTINCT usename FROM pg_stat_activity
    WHERE datname = current_database() AND usename IS NOT NULL
        AND application_name LIKE ANY(%s)
"""
SERVING = [f"{PROGRAM} {process} %" for process in ("web", "worker")]
# Also with SET ROLE: what a role does not inherit it has for the asking.
POWERS = """
    SELECT bool_or(rolsuper),
        ARRAY_REMOVE(ARRAY[
            CASE WHEN bool_or(rolcreaterole) THEN 'CREATEROLE' END,
            CASE WHEN bool_or(rolreplication) THEN 'REPLICATION' END,
            CASE WHEN bool_or(rolbypassrls) THEN 'BYPASSRLS' END], NULL),
        bool_or(rolcreatedb),
        bool_or(has_schema_privilege(oid, current_schema(), 'CREATE')),
        bool_or(has_parameter_privilege(oid, 'session_replication_role', 'SET')),
        (SELECT count(*) FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
            AND pg_has_role(%(role)s, relowner, 'MEMBER'))
    FROM pg_roles WHERE pg_has_role(%(role)s, oid, 'MEMBER')
"""
# TRUNCATE is of a whole table, and UPDATE may be of single columns.
OVER_LEDGER = """
    WITH become AS (
        SELECT oid FROM pg_roles WHERE pg_has_role(%(role)s, oid, 'MEMBER'))
    SELECT relname, bool_or(has_table_privilege(become.oid, pg_class.oid, 'DELETE')),
        bool_or(has_table_privilege(become.oid, pg_class.oid, 'TRUNCATE')),
        ARRAY(SELECT attname::text FROM pg_attribute
              WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                AND EXISTS (SELECT FROM become WHERE has_column_privilege(
                    become.oid, attrelid, attnum, 'UPDATE')))
    FROM pg_class, become WHERE relname = ANY(%(tables)s)
        AND relnamespace = current_schema()::regnamespace
    GROUP BY pg_class.oid, relname
"""
MAY_TRIGGER = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')
        AND relnamespace = current_schema()::regnamespace
        AND EXISTS (SELECT FROM pg_roles WHERE pg_has_role(%(role)s, oid, 'MEMBER')
            AND has_table_privilege(pg_roles.oid, pg_class.oid, 'TRIGGER'))
    ORDER BY relname <> ALL(%(ledger)s), relname
"""
LACKING = """
    SELECT relname FROM pg_class WHERE relname = ANY(%(tables)s)
        AND relnamespace = current_schema()::regnamespace
        AND NOT has_table_privilege(%(role)s, oid, 'SELECT')
        OR relname = ANY(%(written)s)
        AND relnamespace = current_schema()::regnamespace
        AND NOT (has_table_privilege(%(role)s, oid, 'INSERT')
            AND has_table_privilege(%(role)s, oid, 'UPDATE')
            AND has_table_privilege(%(role)s, oid, 'DELETE'))
    ORDER BY relname
"""


def examine() -> Iterator[Finding]:
    """The roles of the running processes; if none runs, the one of this command."""
    ours = connection.settings_dict["USER"]
    roles = [name for (name,) in rows(APPLICATIONS, [SERVING])]
    if not roles:
        roles = [name for (name,) in rows("SELECT current_user", None)]
    elif ours not in roles:
        yield PART.ok("This command runs as another role than the application.")
    for role in roles:
        yield from of_role(role)


def of_role(role: str) -> Iterator[Finding]:
    """What one role may do, and what it lacks."""
    found = [*too_much(role), *too_little(role)]
    yield from found
    if not found:
        yield PART.ok(f"The role {role} may do what the application needs, not more.")


def too_much(role: str) -> Iterator[Finding]:
    superuser, powers, databases, creates, disables, owned = rows(
        POWERS, {"role": role}
    )[0]
    if superuser:
        yield bad(f"The role {role} is a superuser, or can become one.")
        return
    yield from needless(role, powers, may_create_databases=databases)
    if owned:
        yield bad(
            f"The role {role} owns {owned} tables, or can become who does: it can "
            "disable the triggers that protect the ledger."
        )
        return
    yield from over_ledger(role)
    yield from over_triggers(role)
    if disables:
        yield bad(
            f"The role {role} may set session_replication_role, which disables "
            "the triggers that protect the ledger."
        )
    if creates:
        yield PART.warning(
            f"The role {role} may create tables and functions in this schema.",
            f"REVOKE CREATE ON SCHEMA {schema()} FROM {role}.",
        )


def needless(
    role: str, powers: list[str], *, may_create_databases: bool
) -> Iterator[Finding]:
    """Attributes of roles that the application never needs."""
    if powers:
        yield bad(
            f"The role {role} has {', '.join(powers)}, or can become one that has: "
            "it can reach beyond the rights that it was given.",
            f"ALTER ROLE {role} {' '.join('NO' + each for each in powers)}, or take "
            "the membership from it.",
        )
    if may_create_databases and not settings.DEBUG:
        yield PART.warning(
            f"The role {role} may create databases, or can become one that may.",
            f"ALTER ROLE {role} NOCREATEDB, or take the membership from it.",
        )


def over_ledger(role: str) -> Iterator[Finding]:
    """Rights by which lines or seals could be changed or removed."""
    given = {"role": role, "tables": LEDGER}
    for table, may_delete, may_truncate, columns in rows(OVER_LEDGER, given):
        harmless = MAY_BE_REDACTED if table == AccessEntry._meta.db_table else ()
        rights = ["DELETE"] * may_delete + ["TRUNCATE"] * may_truncate
        rights += ["UPDATE"] * bool(set(columns) - set(harmless))
        if rights:
            yield bad(
                f"The role {role} may {' and '.join(rights)} in {table}.",
                f"REVOKE {', '.join(rights)} ON {table} FROM {role}. {HOW}",
            )


def over_triggers(role: str) -> Iterator[Finding]:
    """Where it could have a function of its own change or drop what others write."""
    given = {"role": role, "ledger": LEDGER}
    tables = [name for (name,) in rows(MAY_TRIGGER, given)]
    if tables:
        yield bad(
            f"The role {role} may create triggers on {len(tables)} tables, such as "
            f"{tables[0]}.",
            f"REVOKE TRIGGER ON ALL TABLES IN SCHEMA {schema()} FROM {role}, and from "
            "PUBLIC or a group that has it.",
        )


def too_little(role: str) -> Iterator[Finding]:
    tables = [
        model._meta.db_table for model in apps.get_models(include_auto_created=True)
    ]
    written = sorted(set(tables) - set(LEDGER))
    lacking = [
        name
        for (name,) in rows(
            LACKING, {"role": role, "tables": tables, "written": written}
        )
    ]
    if lacking:
        yield PART.error(
            f"The role {role} may not read and write {len(lacking)} tables, such as "
            f"{lacking[0]}.",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {lacking[0]} TO {role}. {HOW}",
        )


def bad(
    says: str, advice: str = f"Run the application as a role of its own. {HOW}"
) -> Finding:
    """An error, but on a developer's machine, where one role does everything."""
    return PART.note(says, advice) if settings.DEBUG else PART.error(says, advice)


def schema() -> str:
    return str(rows("SELECT current_schema()", None)[0][0])


def rows(query: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
