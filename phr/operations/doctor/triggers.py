"""The triggers that protect the ledger and keep history: there, unchanged, enabled.

Others, and rules, are named as well: they can change or drop what is written.

The comment that the library leaves on a trigger says which text was installed
once. What runs is read as well: the definition, and the functions behind it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import connection
from django.db.models import Model

from phr.audit.database_roles import LEDGER
from phr.operations.findings import Finding, Part

PART = Part("triggers")
INSTALLED = """
    SELECT relname, tgname, tgenabled::text, obj_description(pg_trigger.oid),
        pg_get_triggerdef(pg_trigger.oid), prosrc, proconfig
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""
RULES = """
    SELECT tablename, rulename FROM pg_rules WHERE schemaname = current_schema()
"""
# PostgreSQL checks foreign keys by triggers of its own.
UNCHECKED = """
    SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgisinternal AND tgenabled NOT IN ('O', 'A')
        AND relnamespace = current_schema()::regnamespace
    ORDER BY relname
"""
# Somebody may have wanted that for an import, and left it so.
IGNORING = """
    SELECT CASE setrole WHEN 0 THEN 'ALL' ELSE setrole::regrole::text END
        || coalesce(' IN DATABASE ' || quote_ident(datname), '')
    FROM pg_db_role_setting LEFT JOIN pg_database ON pg_database.oid = setdatabase
    WHERE coalesce(datname, current_database()) = current_database()
        AND 'session_replication_role=replica' = ANY(setconfig)
    ORDER BY 1
"""
SHARED = """
    SELECT prosrc, proconfig FROM pg_proc WHERE oid = to_regprocedure(%s)
"""
ENABLED = ("O", "A")  # for sessions as they are, and always
# What the library writes: the function that all ask, the trigger's own, the trigger.
COMPILED = re.compile(
    r"FUNCTION (?P<shared>\S+)\(.*?AS \$\$(?P<asks>.*?)\$\$ LANGUAGE.*?"
    r"AS \$\$(?P<body>.*?)\$\$ LANGUAGE.*?(?P<definition>CREATE\s[^;]*?TRIGGER [^;]*);",
    re.DOTALL,
)
# How PostgreSQL writes the same differently: schemas, casts, brackets, quotes.
WRITTEN_ANEW = re.compile(r'\b(on )[a-z_]+\.|::[a-z]+|[()"]')
EVENTS = re.compile(r"(?<= )(?:insert|update|delete|truncate)(?: or \w+)+")


@dataclass(frozen=True, slots=True)
class Installed:
    """A trigger as the database has it."""

    enabled: str
    comment: str | None
    definition: str
    body: str
    config: list[str] | None


def examine() -> Iterator[Finding]:
    """Each trigger of this release, compared with what the database has."""
    there = {(table, name): Installed(*rest) for table, name, *rest in rows(INSTALLED)}
    found = [
        fault
        for model, trigger in pgtrigger.registered()
        for fault in of_trigger(model, trigger, there)
    ]
    found += of_shared_functions()
    found += of_others(there)
    found += of_foreign_keys()
    found += of_sessions()
    yield from found
    if not found:
        yield PART.ok("All triggers are there, unchanged and enabled.")


def of_trigger(
    model: Model,
    trigger: pgtrigger.Trigger,
    there: dict[tuple[str, str], Installed],
) -> Iterator[Finding]:
    table, name = model._meta.db_table, trigger.get_pgid(model)
    installed = there.get((table, name))
    if installed is None:
        yield fault(f"The trigger {name} of {table} is missing.")
    elif installed.enabled not in ENABLED:
        yield PART.error(
            f"The trigger {name} of {table} is disabled.",
            f"As the owner: ALTER TABLE {table} ENABLE TRIGGER {name}. Then "
            "`manage.py verify_ledger`: what was changed meanwhile is named.",
        )
    elif installed.comment != trigger.compile(model).hash:
        yield fault(f"The trigger {name} of {table} was changed.")
    elif what := difference(installed, compiled(model, trigger)):
        yield fault(f"The {what} the trigger {name} of {table} was changed.")


def difference(installed: Installed, ours: re.Match[str]) -> str:
    """What is not as the library installs it; empty if all is."""
    if words(installed.body) != words(ours["body"]) or installed.config:
        return "function of"
    if plain(installed.definition) != plain(ours["definition"]):
        return "definition of"
    return ""


def of_shared_functions() -> Iterator[Finding]:
    """Those that all triggers ask whether to do nothing."""
    texts = {
        (ours["shared"], words(ours["asks"]))
        for ours in (compiled(*each) for each in pgtrigger.registered())
    }
    for name, text in sorted(texts):
        with connection.cursor() as cursor:
            cursor.execute(SHARED, [f"{name}(name)"])
            body, config = cursor.fetchone() or ("", None)
        if words(body) != text or config:
            yield fault(f"The function {name}, which all triggers ask, was changed.")


def of_others(there: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Triggers and rules that this release does not know."""
    ours = {
        (model._meta.db_table, trigger.get_pgid(model))
        for model, trigger in pgtrigger.registered()
    }
    others = [("trigger", *each) for each in set(there) - ours]
    others += [("rule", *each) for each in rows(RULES)]
    for kind, table, name in sorted(others):
        says = f"The {kind} {name} of {table} is not of this release: it may change "
        says += "or drop what is written there."
        advice = f"See what it does (\\d+ {table} in psql). If nobody needs it, as the "
        advice += f"owner: DROP {kind.upper()} {name} ON {table}."
        is_of_ledger = table in LEDGER
        yield PART.error(says, advice) if is_of_ledger else PART.warning(says, advice)


def of_foreign_keys() -> Iterator[Finding]:
    """Those that somebody has switched off together with all other triggers."""
    for (table,) in rows(UNCHECKED):
        yield PART.error(
            f"Foreign keys of {table} are not checked: their triggers are disabled.",
            f"As a superuser: ALTER TABLE {table} ENABLE TRIGGER ALL.",
        )


def of_sessions() -> Iterator[Finding]:
    """Those that are told as they begin to ignore triggers."""
    for (who,) in rows(IGNORING):
        yield PART.error(
            f"No trigger fires in sessions of ROLE {who}: their "
            "session_replication_role is replica.",
            f"As a superuser: ALTER ROLE {who} RESET session_replication_role. Restart "
            "the application, then `manage.py verify_ledger`.",
        )


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def compiled(model: Model, trigger: pgtrigger.Trigger) -> re.Match[str]:
    """:raises ValueError: the library writes it in another way than it did."""
    found = COMPILED.search(str(trigger.compile(model).install_sql))
    if found is None:
        raise ValueError(trigger.name)
    return found


def words(text: str) -> str:
    return " ".join(text.split())


def plain(definition: str) -> str:
    """A definition without what PostgreSQL writes anew."""
    lines = words(definition).lower().replace("execute procedure", "execute function")
    text = WRITTEN_ANEW.sub(r"\1", lines)
    return words(EVENTS.sub(lambda m: " or ".join(sorted(m[0].split(" or "))), text))


def fault(says: str) -> Finding:
    return PART.error(
        says,
        "Run `manage.py migrate` if migrations are missing, else `manage.py pgtrigger "
        "install` as the owner of the tables. Then `manage.py verify_ledger`.",
    )
