"""`manage.py doctor` on roles, triggers, seals and secrets, in a real database."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from phr.audit.models import AccessEntry
from phr.audit.seals import seal_ledger
from phr.core.encryption import encrypt
from phr.identity.totp import owner_of_secret, secret_of
from phr.operations.doctor import ledger, roles, secrets_kept, triggers
from phr.operations.findings import Finding, Level
from tests.factories import UserFactory
from tests.operations.conftest import superusers_url
from tests.operations.looking import only, sentences, worst
from tests.running.conftest import database_url

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def role(db: None, empty_role: str) -> str:
    """A role as docs/operations.md has it, by the statements that stand there."""
    text = DOCUMENT.read_text().replace("phr_app", empty_role)
    run(
        f"GRANT USAGE ON SCHEMA public TO {empty_role}",
        # What ALTER DEFAULT PRIVILEGES there gives to tables that come later.
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public "
        f"TO {empty_role}",
        *re.findall(r"^(?:REVOKE|GRANT UPDATE)[^;]+;", text, re.MULTILINE),
    )
    return empty_role


def superuser() -> psycopg.Connection[Any]:
    return psycopg.connect(superusers_url(), autocommit=True)


@pytest.fixture(scope="module")
def created_group(empty_role: str) -> Iterator[str]:
    name = f"{empty_role}_group"
    with superuser() as session:
        session.execute(f"DROP ROLE IF EXISTS {name}".encode())
        session.execute(f"CREATE ROLE {name}".encode())
        yield name
        session.execute(f"DROP ROLE {name}".encode())


@pytest.fixture
def group(created_group: str, role: str) -> Iterator[str]:
    """A role that the other can become by SET ROLE, and does not inherit from."""
    owner = connection.settings_dict["USER"]
    with superuser() as session:
        for statement in (
            f"ALTER ROLE {role} NOINHERIT",
            f"GRANT {created_group} TO {role}",
        ):
            session.execute(statement.encode())
        yield created_group
        for statement in (
            f"ALTER ROLE {created_group} NOSUPERUSER NOCREATEROLE NOCREATEDB",
            f"ALTER ROLE {created_group} NOREPLICATION NOBYPASSRLS",
            f"REVOKE {owner} FROM {created_group}",
            f"REVOKE {created_group} FROM {role}",
            f"ALTER ROLE {role} INHERIT",
        ):
            session.execute(statement.encode())


def test_a_role_as_the_document_makes_it_has_all_it_needs_and_no_more(
    role: str,
) -> None:
    assert worst(roles.of_role(role)) == []


@pytest.mark.parametrize(
    ("right", "table"),
    [
        ("DELETE", "audit_accessentry"),
        ("UPDATE", "audit_accessentry"),
        ("TRUNCATE", "audit_ledgerseal"),
        ("UPDATE", "audit_ledgerredaction"),
        ("UPDATE (outcome)", "audit_accessentry"),
    ],
)
def test_a_role_that_may_change_the_ledger_is_named_with_the_revoke(
    role: str, right: str, table: str
) -> None:
    run(f"GRANT {right} ON {table} TO {role}")

    (found,) = [e for e in roles.of_role(role) if e.level is Level.ERROR]

    verb = right.split(maxsplit=1)[0]
    assert found.says == f"The role {role} may {verb} in {table}."
    assert f"REVOKE {verb} ON {table} FROM {role}." in found.advice


@pytest.mark.parametrize(
    ("given_to", "tables", "said"),
    [
        ("{role}", "care_caregrant", "1 tables, such as care_caregrant"),
        ("{role}", "ALL TABLES IN SCHEMA public", "tables, such as audit_accessentry"),
        ("PUBLIC", "audit_ledgerseal", "1 tables, such as audit_ledgerseal"),
        ("{group}", "audit_ledgerseal", "1 tables, such as audit_ledgerseal"),
    ],
)
def test_a_role_that_may_create_triggers_is_named(
    role: str, group: str, given_to: str, tables: str, said: str
) -> None:
    assert worst(roles.of_role(role)) == []

    run(f"GRANT TRIGGER ON {tables} TO {given_to.format(role=role, group=group)}")

    sentence = only(roles.of_role(role))
    assert sentence.startswith(f"The role {role} may create triggers on ")
    assert sentence.endswith(f"{said}.")


def test_a_role_that_owns_tables_or_is_a_superuser_is_named(role: str) -> None:
    owner = connection.settings_dict["USER"]
    assert "owns" in only(roles.of_role(owner))
    assert "is a superuser" in only(roles.of_role("postgres"))


def test_what_a_role_can_become_counts_although_it_does_not_inherit(
    role: str, group: str
) -> None:
    assert worst(roles.of_role(role)) == []
    run(f"GRANT DELETE ON audit_accessentry TO {group}")
    assert only(roles.of_role(role)).endswith("may DELETE in audit_accessentry.")

    with superuser() as session:
        session.execute(f"GRANT {connection.settings_dict['USER']} TO {group}".encode())

    assert "or can become who does: it can disable" in only(roles.of_role(role))


@pytest.mark.parametrize(
    ("attribute", "level"),
    [
        ("SUPERUSER", Level.ERROR),
        ("CREATEROLE", Level.ERROR),
        ("REPLICATION", Level.ERROR),
        ("BYPASSRLS", Level.ERROR),
        ("CREATEDB", Level.WARNING),
    ],
)
def test_an_attribute_that_the_application_does_not_need_is_named(
    role: str, group: str, attribute: str, level: Level
) -> None:
    with superuser() as session:
        session.execute(f"ALTER ROLE {group} {attribute}".encode())

    said = only(roles.of_role(role), level)

    words = {"SUPERUSER": "is a superuser", "CREATEDB": "may create databases"}
    assert words.get(attribute, f"has {attribute}") in said


def test_a_role_that_lacks_a_right_is_named_with_the_grant(role: str) -> None:
    run(f"REVOKE INSERT ON care_caregrant FROM {role}")

    assert "may not read and write 1 tables, such as care_caregrant" in only(
        roles.of_role(role)
    )


def test_the_roles_of_running_processes_are_looked_at_and_not_that_of_the_command(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def of_role(name: str) -> list[Finding]:
        looked_at.append(name)
        return []

    monkeypatch.setattr(roles, "of_role", of_role)
    url = database_url().replace(connection.settings_dict["USER"] + ":", f"{role}:", 1)

    with psycopg.connect(url, application_name="phr web 1-0"):
        list(roles.examine())

    assert looked_at == [role]


def test_on_a_developers_machine_one_role_may_do_everything(
    db: None, settings: Settings
) -> None:
    settings.DEBUG = True

    assert worst(roles.examine()) == []


def test_the_triggers_of_this_release_are_found(db: None) -> None:
    assert worst(triggers.examine()) == []


def test_a_trigger_that_is_off_changed_or_gone_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger "
            "WHERE tgrelid = 'audit_accessentry'::regclass AND NOT tgisinternal "
            "ORDER BY tgname"
        )
        first, second, *_ = [name for (name,) in cursor.fetchall()]
    run(
        f"ALTER TABLE audit_accessentry DISABLE TRIGGER {first}",
        f"DROP TRIGGER {second} ON audit_accessentry",
    )

    assert sorted(sentences(triggers.examine())) == sorted(
        [
            f"The trigger {first} of audit_accessentry is disabled.",
            f"The trigger {second} of audit_accessentry is missing.",
        ]
    )


def test_lines_that_wait_for_a_seal_are_an_error_until_they_are_sealed(
    db: None, alice: object
) -> None:
    AccessEntry.objects.create(
        at=timezone.now() - timedelta(minutes=9),
        action="x",
        object_kind="record",
        object_ids=[],
        count=1,
        basis="OWN",
        face="api",
        outcome="ALLOWED",
    )

    assert "have waited for a seal for 9 minutes" in only(ledger.examine(whole=False))
    seal_ledger(at=timezone.now())
    assert worst(ledger.examine(whole=False)) == []
    assert worst(ledger.examine(whole=True)) == []


def test_a_seal_that_does_not_verify_is_broken(db: None, settings: Settings) -> None:
    AccessEntry.objects.create(
        action="x",
        object_kind="record",
        object_ids=[],
        count=1,
        basis="OWN",
        face="api",
        outcome="ALLOWED",
    )
    seal_ledger(at=timezone.now())
    settings.LEDGER_SIGNING_KEY = "another-ledger-key-" + 6 * "9876543210"

    assert only(ledger.examine(whole=False)).startswith("BROKEN at seal 1: ")


def test_secrets_that_no_key_reads_are_counted(db: None, settings: Settings) -> None:
    user = UserFactory()
    sealed = encrypt("JBSWY3DPEHPK3PXP", belongs_to=owner_of_secret(user.pk))
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed})
    assert worst(secrets_kept.examine()) == []

    old = settings.ENCRYPTION_KEY
    settings.ENCRYPTION_KEY = "another-encryption-key-" + 6 * "9876543210"
    assert only(secrets_kept.examine()).startswith("1 of 1 secrets of authenticator")
    settings.ENCRYPTION_PREVIOUS_KEYS = [old]
    assert worst(secrets_kept.examine()) == []


def test_secrets_are_encrypted_anew_and_the_old_key_can_go(
    db: None, settings: Settings
) -> None:
    user = UserFactory()
    sealed = encrypt("JBSWY3DPEHPK3PXP", belongs_to=owner_of_secret(user.pk))
    app = Authenticator.objects.create(
        user=user, type="totp", data={"secret": sealed, "counter": 7}
    )
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, "another-key-" * 5
    with pytest.raises(SystemExit):
        call_command("renew_encryption", stderr=StringIO())
    settings.ENCRYPTION_PREVIOUS_KEYS = [old]

    call_command("renew_encryption", stdout=StringIO())

    settings.ENCRYPTION_PREVIOUS_KEYS = []
    app.refresh_from_db()
    assert secret_of(app) == "JBSWY3DPEHPK3PXP"
    assert app.data["counter"] == 7
    assert worst(secrets_kept.examine()) == []
