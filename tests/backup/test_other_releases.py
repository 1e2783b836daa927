"""Backups and databases that an older or a newer release has made."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from phr.accounts.mail_outbox import queue_mail
from phr.audit.seals import seal_ledger
from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from phr.identity.sign_in import start_session
from phr.operations.backup.loading import default_database
from tests.backup.conftest import Manage, assert_refused, leave_alone
from tests.conftest import Api
from tests.operations.conftest import on_server
from tests.running.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
Backup = Callable[[], Path]
Machine = dict[str, str]
# What the release had that is the first to be upgraded from: before there was a portal.
OLDER = {
    "accounts": "0020_words_of_names_anew",
    "archive": "0001_exports",
    "audit": "0006_refused_sign_ins_are_found",
    "care": "0012_words_of_doctors_anew",
    "core": "0006_attempts_are_counted",
    "erasure": "0003_places_of_refused_sign_ins",
    "health_records": "0017_compounds_are_words",
    "notifications": "0008_lines_keep_the_ids_of_events",
}
LIVE = "SELECT id::text FROM accounts_loginsession WHERE revoked_at IS NULL"
RECORDS = "SELECT id, title FROM health_records_healthrecord"


def ask(machine: Machine, query: str) -> list[tuple[Any, ...]]:
    return rows(machine["DATABASE_OWNER_URL"], query)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as session:
        return session.execute(query.encode()).fetchall()


@pytest.fixture
def in_use(
    api: Api,
    alice: PatientProfile,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
) -> HealthRecord:
    """A record that was read and sealed, a session that lives, a mail that waits."""
    assert (
        api("dr_bob").get(f"/api/health-records/{alices_record.pk}/").status_code == 200
    )
    seal_ledger(at=timezone.now())
    start_session(user=alice.user, at=timezone.now(), second_factor=True)
    with transaction.atomic():
        queue_mail(user=alice.user, address="alice@example.org", kind="any.thing")
    return alices_record


@pytest.fixture
def older(in_use: HealthRecord) -> Iterator[str]:
    """The address of a database of the older release, with these data in its tables."""
    here = connection.settings_dict["NAME"]
    connection.close()
    leave_alone(here)
    owner = connection.settings_dict["USER"]  # going back makes an index again
    on_server(f'CREATE DATABASE {here}_older TEMPLATE {here} OWNER "{owner}"')
    url = f"{database_url()}_older"
    with default_database(url):
        MigrationExecutor(connection).migrate(list(OLDER.items()))
    yield url
    on_server(f"DROP DATABASE {here}_older WITH (FORCE)")


@pytest.fixture
def migration_of_tomorrow() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('core', '9999_of_tomorrow', now())"
        )
    connection.close()
    leave_alone(connection.settings_dict["NAME"])
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_of_tomorrow'")


def test_an_older_backup_is_tried_and_restored_and_then_of_this_release(
    in_use: HealthRecord,
    older: str,
    manage: Manage,
    new_machine: Machine,
    tmp_path: Path,
) -> None:
    server = new_machine["DATABASE_ADMIN_URL"]
    made = manage("backup", tmp_path, DATABASE_URL=older)
    assert made.returncode == 0, made.stderr

    tried = manage("verify_backup", tmp_path, "--server", server)
    done = manage("restore", tmp_path, "--without-erasures", **new_machine)

    assert "It can be restored." in tried.stdout, tried.stderr
    assert done.returncode == 0, done.stderr
    for said in (tried.stdout, done.stdout):
        assert "The ledger is intact: 1 seals" in said
    assert "Sessions ended: 2." in done.stdout
    assert "Events and mails held: 1." in done.stdout
    assert ask(new_machine, RECORDS) == [(in_use.pk, in_use.title)]
    assert ask(new_machine, LIVE) == []
    assert ask(new_machine, "SELECT DISTINCT language FROM accounts_user") == [("",)]
    # As the application: no migration is missing, and nothing is left to do.
    again = manage("finish_restore", "--without-erasures", **new_machine)
    assert "Sessions ended: 0." in again.stdout, again.stderr


def test_an_older_database_is_not_finished_before_its_migrations(
    older: str, manage: Manage
) -> None:
    live = rows(older, LIVE)

    early = manage("finish_restore", "--without-erasures", DATABASE_URL=older)

    assert early.returncode == 1
    assert "is of an older release: it lacks" in early.stderr
    assert "migrations, such as accounts.0021_plainer_texts. Run" in early.stderr
    assert "`manage.py prepare_database` first" in early.stderr
    assert "Traceback" not in early.stderr
    assert rows(older, LIVE) == live != []


@pytest.mark.usefixtures("in_use", "migration_of_tomorrow")
def test_a_newer_database_is_not_finished(manage: Manage) -> None:
    live = rows(database_url(), LIVE)

    done = manage("finish_restore", "--without-erasures")

    assert done.returncode == 1
    assert "is of a newer release: it has 1 migrations" in done.stderr
    assert "such as core.9999_of_tomorrow. Finish with that release." in done.stderr
    assert rows(database_url(), LIVE) == live != []


@pytest.mark.usefixtures("migration_of_tomorrow")
def test_a_backup_of_a_newer_release_is_refused(
    backup: Backup, manage: Manage, new_machine: Machine
) -> None:
    why = "such as core.9999_of_tomorrow. Restore it with that release."

    assert_refused(manage, backup(), new_machine, why)
