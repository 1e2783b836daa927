"""`manage.py doctor` on what the triggers run, and not only on what they are called."""

import psycopg
import pytest
from django.db import connection

from phr.operations.doctor import triggers
from phr.operations.findings import Level
from tests.operations.conftest import superusers_url
from tests.operations.looking import only, sentences, worst

TABLE = "audit_accessentry"
FIND = """
    SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgrelid = %s::regclass AND tgname LIKE %s
"""
NOTHING = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"


def trigger_of(table: str, name: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, [table, f"{name}%"])
        found: tuple[str, str] = cursor.fetchone()
    return found


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION {name}() " + NOTHING,
        "ALTER FUNCTION {name}() SET search_path = pg_temp",
    ],
)
def test_a_trigger_whose_function_does_something_else_is_named(
    db: None, statement: str
) -> None:
    name, _ = trigger_of(TABLE, "pgtrigger_rows_are_only")
    assert worst(triggers.examine()) == []

    run(statement.format(name=name))

    said = only(triggers.examine())
    assert said == f"The function of the trigger {name} of {TABLE} was changed."


@pytest.mark.parametrize(
    ("table", "begins", "was", "becomes"),
    [
        (TABLE, "pgtrigger_rows_are_only", "DELETE OR UPDATE", "DELETE"),
        (TABLE, "pgtrigger_rows_are_only", "BEFORE", "AFTER"),
        (TABLE, "pgtrigger_rows_are_only", "EACH ROW", "EACH ROW WHEN (false)"),
        (
            "health_records_healthrecord",
            "pgtrigger_update",
            "WHEN (",
            "WHEN (false AND ",
        ),
    ],
)
def test_a_trigger_that_fires_at_something_else_is_named_although_its_comment_stays(
    db: None, table: str, begins: str, was: str, becomes: str
) -> None:
    name, definition = trigger_of(table, begins)

    # This keeps the comment.
    run(definition.replace("CREATE", "CREATE OR REPLACE", 1).replace(was, becomes, 1))

    said = only(triggers.examine())
    assert said == f"The definition of the trigger {name} of {table} was changed."


def test_the_function_that_all_triggers_ask_is_compared(db: None) -> None:
    run(
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) "
        "RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END'"
    )

    assert "which all triggers ask, was changed" in only(triggers.examine())


@pytest.mark.parametrize("how", ["DISABLE", "ENABLE REPLICA"])
def test_a_trigger_that_does_not_fire_for_the_application_is_named(
    db: None, how: str
) -> None:
    name, _ = trigger_of(TABLE, "pgtrigger_rows_are_only")

    run(f"ALTER TABLE {TABLE} {how} TRIGGER {name}")

    assert only(triggers.examine()) == f"The trigger {name} of {TABLE} is disabled."


NOT_OURS = "of {} is not of this release: it may change or drop what is written there."


@pytest.mark.parametrize(
    ("table", "level"),
    [(TABLE, Level.ERROR), ("care_caregrant", Level.WARNING)],
)
def test_a_trigger_or_a_rule_that_is_not_ours_is_named(
    db: None, table: str, level: Level
) -> None:
    run(f"CREATE FUNCTION swallow() {NOTHING}")
    run(
        f"CREATE TRIGGER quiet BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION swallow()"
    )
    run(f"CREATE RULE hush AS ON INSERT TO {table} DO INSTEAD NOTHING")

    assert sentences(triggers.examine(), level) == [
        f"The rule hush {NOT_OURS.format(table)}",
        f"The trigger quiet {NOT_OURS.format(table)}",
    ]


def test_foreign_keys_that_nobody_checks_are_named(
    transactional_db: None,
) -> None:
    switch = "ALTER TABLE care_caregrant {} TRIGGER ALL"
    with psycopg.connect(superusers_url(), autocommit=True) as superuser:
        superuser.execute(switch.format("DISABLE").encode())
        try:
            said = sentences(triggers.examine())
        finally:
            superuser.execute(switch.format("ENABLE").encode())

    assert (
        "Foreign keys of care_caregrant are not checked: their triggers are disabled."
        in said
    )
    assert worst(triggers.examine()) == []


@pytest.mark.parametrize("who", ["ALL", "{role}"])
def test_sessions_that_ignore_triggers_are_named(
    db: None, empty_role: str, who: str
) -> None:
    # Without the database, tests beside this one would find it as well.
    name = connection.settings_dict["NAME"]
    chosen = f"{who.format(role=empty_role)} IN DATABASE {name}"
    setting = "session_replication_role"
    with psycopg.connect(superusers_url(), autocommit=True) as superuser:
        superuser.execute(f"ALTER ROLE {chosen} SET {setting} = replica".encode())
        try:
            said = only(triggers.examine())
        finally:
            superuser.execute(f"ALTER ROLE {chosen} RESET {setting}".encode())

    assert said.startswith(f"No trigger fires in sessions of ROLE {chosen}: ")
    assert worst(triggers.examine()) == []
