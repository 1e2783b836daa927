"""Migrations of what is in use: on big tables nothing that keeps writers waiting."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import IntegrityError, connection
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterModelTable,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameModel,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, CheckConstraint, Q, TextField

from phr.care.models import PatientProfile
from phr.core.postgres.schema import drop_unfinished_indexes
from tests.factories import HealthRecordFactory

# What was there before tables were big; from the next one on the rule holds.
FREE_UNTIL = {
    "accounts": 2,
    "archive": 1,
    "audit": 3,
    "care": 2,
    "core": 1,
    "erasure": 1,
    "health_records": 3,
    "notifications": 6,
}
HOLD_UP_WRITERS = (AddIndex, RemoveIndex)
# What a web process of the release before still reads or writes.
TAKE_AWAY = (RemoveField, RenameField, DeleteModel, RenameModel, AlterModelTable)
# Made when nothing had been released, so that no other release was at work.
BEFORE_THE_FIRST_RELEASE = {
    "accounts.0022_language_and_time_zone",
    "care.0006_what_was_verified",
    "health_records.0004_words_for_searches",
    "health_records.0007_no_folded_text",
}


def later_migrations() -> Iterator[Migration]:
    loader = MigrationLoader(None)
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        ours = label in apps.app_configs and apps.get_app_config(label).name.startswith(
            "phr."
        )
        if ours and int(name[:4]) > FREE_UNTIL.get(label, 0):
            yield migration


def made_in(migration: Migration) -> set[str]:
    """Tables that are new, and so empty and nobody's yet."""
    return {
        operation.name.lower()
        for operation in migration.operations
        if isinstance(operation, CreateModel)
    }


def faults_of(migration: Migration) -> Iterator[str]:
    new = made_in(migration)
    for operation in migration.operations:
        yield from (f"{migration}: {fault}" for fault in faults(operation, new))
    if migration.atomic and any(map(is_concurrent, migration.operations)):
        yield f"{migration}: concurrently, and in a transaction"


def faults(operation: Operation, new: set[str]) -> Iterator[str]:
    table = getattr(operation, "model_name", "").lower()
    in_use = table not in new and not is_concurrent(operation)
    if isinstance(operation, HOLD_UP_WRITERS) and in_use:
        yield f"an index of {table} that is not built concurrently"


def other_releases_faults(migration: Migration) -> Iterator[str]:
    """What a process of the release before would stumble over, or wait for."""
    new = made_in(migration)
    for operation in migration.operations:
        table = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        if table not in new and (fault := other_releases_fault(operation)):
            yield f"{migration}: {fault} of {table}"


def other_releases_fault(operation: Operation) -> str:
    match operation:
        case AddField(field=field) if not (field.null or has_default(field)):
            return f"the column {operation.name}, without a default in the database,"
        case AddConstraintNotValid():
            return ""
        case AddConstraint():
            return "a constraint, checked under a lock (AddConstraintNotValid first),"
        case _ if isinstance(operation, TAKE_AWAY):
            return "something is taken away that was in use"
    return ""


def has_default(field: Any) -> bool:
    """In the database, which Django takes away from a column with another default."""
    return field.many_to_many or field.db_default is not NOT_PROVIDED


def is_concurrent(operation: Operation) -> bool:
    return isinstance(operation, (AddIndexConcurrently, RemoveIndexConcurrently))


def test_indexes_of_tables_in_use_are_built_concurrently() -> None:
    assert [fault for each in later_migrations() for fault in faults_of(each)] == []


def test_the_release_before_goes_on_with_the_new_tables() -> None:
    """Add, fill, tighten, and take away only what no running release uses."""
    found = [
        fault
        for each in later_migrations()
        if str(each) not in BEFORE_THE_FIRST_RELEASE
        for fault in other_releases_faults(each)
    ]
    assert found == []


def test_the_rule_finds_what_the_release_before_would_stumble_over() -> None:
    text, filled = TextField(), TextField(db_default="")
    check = CheckConstraint(condition=Q(pk__isnull=False), name="of_a_test")

    class Hasty(Migration):
        operations = [
            AddField("healthrecord", "needed", text),
            AddField("healthrecord", "filled", filled),
            AddField("healthrecord", "empty", TextField(null=True)),
            AddConstraint("healthrecord", check),
            RemoveField("healthrecord", "title"),
            RenameField("healthrecord", "title", "name"),
            DeleteModel("HealthRecord"),
        ]

    class OfANewTable(Migration):
        operations = [
            CreateModel("Thing", [("title", text)]),
            AddField("thing", "needed", text),
            AddConstraint("thing", check),
        ]

    assert len(list(other_releases_faults(Hasty("0099_hasty", "core")))) == 5
    assert list(other_releases_faults(OfANewTable("0099_new", "core"))) == []


def test_raw_indexes_are_built_concurrently() -> None:
    for migration in later_migrations():
        for statement in texts_in(migration):
            if "CREATE INDEX" in statement or "DROP INDEX" in statement:
                assert "INDEX CONCURRENTLY" in statement, str(migration)
                assert not migration.atomic, str(migration)


def texts_in(migration: Migration) -> list[str]:
    """Every string in the source of a migration."""
    source = Path(apps.get_app_config(migration.app_label).path, "migrations")
    tree = ast.parse((source / f"{migration.name}.py").read_text())
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_the_rule_finds_an_index_that_would_hold_up_writers() -> None:
    loader = MigrationLoader(None)
    rightly = loader.disk_migrations["core", "0002_delivered_events_are_found"]
    operation: Any = rightly.operations[0]

    class Hasty(Migration):
        operations = [AddIndex(operation.model_name, operation.index)]

    class InATransaction(Migration):
        operations = [operation]

    assert list(faults_of(rightly)) == []
    assert len(list(faults_of(Hasty("0099_hasty", "core")))) == 1
    assert len(list(faults_of(InATransaction("0099_whole", "core")))) == 1


@pytest.mark.django_db
def test_no_index_was_left_half_built() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_tables_that_change_all_day_have_their_settings() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reloptions[1] FROM pg_class"
            " WHERE reloptions IS NOT NULL AND relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        assert dict(cursor.fetchall()) == {
            "accounts_loginsession": "fillfactor=80",
            "core_attemptcount": "fillfactor=50",
            "core_outboxevent": "autovacuum_vacuum_scale_factor=0.02",
            "health_records_healthrecord": "autovacuum_vacuum_scale_factor=0.05",
        }


OFFSETS = ("health_records", "0016_offsets_are_in_the_indexes")
IN_ORDER = "health_records_in_order"
RENAME = f"ALTER INDEX {IN_ORDER} RENAME TO {IN_ORDER}_0"
HALF = f"CREATE UNIQUE INDEX CONCURRENTLY {IN_ORDER} ON health_records_healthrecord"


def indexes_of_records() -> dict[str, tuple[str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_get_indexdef(indexrelid), indisvalid FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indrelid = 'health_records_healthrecord'::regclass"
        )
        return {name: (definition, valid) for name, definition, valid in cursor}


def interrupt(*statements: str) -> None:
    for statement in statements:
        with connection.cursor() as cursor, suppress(IntegrityError):
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "steps",
    [[RENAME], [RENAME, f"{HALF} (patient_id)"], []],
    ids=["old one renamed", "new one half built", "first of three built"],
)
def test_a_migration_of_indexes_that_was_interrupted_goes_on(
    alice: PatientProfile, steps: list[str]
) -> None:
    HealthRecordFactory.create_batch(2, patient=alice, created_by=alice.user)
    whole = indexes_of_records()
    interrupt(*steps)

    drop_unfinished_indexes("default")
    loader = MigrationLoader(connection)
    state = loader.project_state((OFFSETS[0], "0015_visits_keep_their_offset"))
    with connection.schema_editor(atomic=False) as editor:
        loader.get_migration(*OFFSETS).apply(state, editor)

    assert indexes_of_records() == whole
