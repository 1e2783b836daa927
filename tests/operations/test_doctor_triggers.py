"""`manage.py doctor` on what the triggers run, and not only on what they are called."""

import pytest
from django.db import connection

from phr.operations.doctor import triggers
from tests.operations.looking import only, worst

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
