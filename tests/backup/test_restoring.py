"""A machine is lost, and its database restored from a backup on another one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from phr.accounts.mail_outbox import queue_mail
from phr.accounts.models import User
from phr.audit.latest_seal import noted_seal
from phr.audit.seals import newest_seal, seal_ledger
from phr.care.models import DoctorProfile, PatientProfile
from phr.core import redis_client
from phr.erasure.models import Erasure
from phr.erasure.tasks import run_due_erasures
from phr.health_records.models import HealthRecord
from phr.identity.sign_in import start_session
from phr.operations.backup.last_verified import last_verified
from tests.backup.conftest import Manage
from tests.conftest import Api
from tests.erasure.conftest import asked
from tests.operations.conftest import on_server
from tests.production import ASK, run_python
from tests.running.conftest import database_url
from tests.signing_in import sign_in_to_the_admin_site
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Backup = Callable[[], Path]
Machine = dict[str, str]
# Has a worker's round go by, and prints which events it would deliver.
ROUND = """
import django
django.setup()
from django.utils import timezone
from phr.core.outbox_queue import put_due_in_line
print(put_due_in_line(now=timezone.now(), at_most=1000).total())
"""


def rows(machine: Machine, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(machine["DATABASE_OWNER_URL"]) as session:
        return session.execute(query.encode()).fetchall()


def read_and_seal(api: Api, record: HealthRecord) -> None:
    """Have Dr. Bob open the record, and his line in the ledger sealed."""
    assert api("dr_bob").get(f"/api/health-records/{record.pk}/").status_code == 200
    seal_ledger(at=timezone.now())


def test_a_lost_machine_is_restored_with_its_records_and_a_ledger_that_verifies(
    api: Api,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
) -> None:
    read_and_seal(api, alices_record)
    path = backup()
    redis_client.connection().flushdb()

    done = manage("restore", path, "--without-erasures", **new_machine)

    assert done.returncode == 0, done.stderr
    assert "The ledger is intact: 1 seals" in done.stdout
    assert rows(new_machine, "SELECT id, title FROM health_records_healthrecord") == [
        (alices_record.pk, alices_record.title)
    ]
    checked = manage("verify_ledger", **new_machine)
    assert "The ledger is intact." in checked.stdout
    newest = newest_seal()
    assert newest
    assert f"Head: {newest.number}:{newest.hash.hex()}" in done.stdout
    assert (kept := noted_seal())
    assert kept.hash == bytes(newest.hash)


def test_the_restored_application_may_only_add_to_the_ledger_and_make_backups(
    alice: PatientProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    tmp_path: Path,
) -> None:
    path = backup()
    assert manage("restore", path, "--without-erasures", **new_machine).returncode == 0

    with psycopg.connect(new_machine["DATABASE_URL"]) as session:
        assert session.execute("SELECT count(*) FROM accounts_user").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("DELETE FROM audit_accessentry")
    (tmp_path / "again").mkdir()
    again = manage(
        "backup", tmp_path / "again", DATABASE_URL=new_machine["DATABASE_URL"]
    )
    assert again.returncode == 0, again.stderr


def test_seals_noted_elsewhere_are_compared_and_a_lost_end_is_told(
    api: Api,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
) -> None:
    read_and_seal(api, alices_record)
    path = backup()
    read_and_seal(api, alices_record)  # lost; but Redis has its seal
    lost = newest_seal()
    assert lost
    forged = "1:" + "0" * 64

    wrong = manage(
        "restore", path, "--without-erasures", "--head", forged, **new_machine
    )
    right = manage("finish_restore", "--without-erasures", **new_machine)

    assert wrong.returncode == 1
    assert "The ledger is BROKEN at seal 1: The latest seal is missing" in wrong.stderr
    assert right.returncode == 0, right.stderr
    assert f"A later seal was known, 2:{lost.hash.hex()}: what it" in right.stdout
    assert "The ledger is intact." in manage("verify_ledger", **new_machine).stdout


def test_no_session_and_no_token_of_the_past_lives(
    alice: PatientProfile,
    sam: User,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    keys: dict[str, str],
) -> None:
    tokens = start_session(user=alice.user, at=timezone.now(), second_factor=True)
    browser = Client()
    assert sign_in_to_the_admin_site(browser, sam.username).status_code == 302
    cookie = f"__Host-sessionid={browser.cookies['sessionid'].value}"
    asked_for: list[Any] = [
        (
            "GET",
            "/api/auth/profile/",
            {"HTTP_AUTHORIZATION": f"Bearer {tokens.access}"},
        ),
        ("GET", "/portal/notifications/", {"HTTP_COOKIE": cookie}),
    ]
    assert Session.objects.exists()
    here = {"DATABASE_URL": database_url()}
    before = statuses(asked_for, **keys | here)
    path = backup()

    done = manage("restore", path, "--without-erasures", **new_machine)

    assert done.returncode == 0, done.stderr
    assert "Sessions ended: 2." in done.stdout
    assert before[0] == 200
    assert statuses(asked_for, **keys | new_machine)[0] == 401
    assert rows(new_machine, "SELECT * FROM django_session") == []
    live = "SELECT * FROM accounts_loginsession WHERE revoked_at IS NULL"
    assert rows(new_machine, live) == []


def statuses(questions: list[Any], **variables: str) -> list[int]:
    https = {"wsgi.url_scheme": "https", "HTTP_HOST": "records.example.org"}
    asked_for = [[m, path, headers | https] for m, path, headers in questions]
    done = run_python("-c", ASK, stdin=json.dumps(asked_for), **variables)
    assert done.returncode == 0, done.stderr
    return [status for status, *_ in json.loads(done.stdout)]


def test_what_may_have_left_already_is_held_until_a_person_decides(
    alice: PatientProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    keys: dict[str, str],
) -> None:
    with transaction.atomic():
        queue_mail(user=alice.user, address="alice@example.org", kind="any.thing")
    path = backup()
    mails = "SELECT dropped_at IS NULL FROM accounts_mail"

    def due() -> str:
        done = run_python("-c", ROUND, **keys | new_machine)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    restored = manage("restore", path, "--without-erasures", **new_machine)
    assert "Events and mails held: 1." in restored.stdout, restored.stderr
    assert (due(), rows(new_machine, mails)) == ("0", [(False,)])

    listed = manage("held_events", **new_machine)
    assert "1 accounts.mail_due" in listed.stdout
    assert "alice" not in listed.stdout
    manage("held_events", "--deliver", **new_machine)
    assert (due(), rows(new_machine, mails)) == ("1", [(True,)])


def test_what_is_dropped_never_leaves(
    alice: PatientProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    keys: dict[str, str],
) -> None:
    with transaction.atomic():
        queue_mail(user=alice.user, address="alice@example.org", kind="any.thing")
    manage("restore", backup(), "--without-erasures", **new_machine)

    done = manage("held_events", "--drop", **new_machine)

    assert done.stdout == "Events dropped: 1.\n"
    assert run_python("-c", ROUND, **keys | new_machine).stdout == "0\n"
    waiting = "SELECT * FROM core_outboxevent WHERE delivered_at IS NULL"
    assert rows(new_machine, waiting) == []
    unsent = "SELECT * FROM accounts_mail WHERE dropped_at IS NULL"
    assert rows(new_machine, unsent) == []


def test_who_was_erased_after_the_backup_stays_erased_under_the_same_receipt(
    alice: PatientProfile,
    alices_record: HealthRecord,
    carol: PatientProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    tmp_path: Path,
) -> None:
    path = backup()
    receipt = asked(alice).pk
    run_due_erasures(timezone.now())
    assert not User.objects.filter(pk=alice.user_id).exists()
    listed = manage("list_erasures").stdout
    (tmp_path / "erasures.txt").write_text(listed)

    done = manage(
        "restore", path, "--erasures", tmp_path / "erasures.txt", **new_machine
    )

    assert done.returncode == 0, done.stderr
    assert "Accounts erased again: 1." in done.stdout
    assert "alice" not in listed
    assert rows(new_machine, "SELECT id FROM accounts_user") == [(carol.user_id,)]
    assert rows(new_machine, "SELECT * FROM health_records_healthrecord") == []
    erased = "SELECT id FROM erasure_erasure WHERE erased_at IS NOT NULL"
    assert rows(new_machine, erased) == [(receipt,)]
    unheld = "SELECT * FROM core_outboxevent WHERE last_error <> 'held'"
    assert rows(new_machine, unheld) == []


def test_an_erasure_that_was_asked_for_before_the_backup_is_carried_out_once(
    alice: PatientProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    tmp_path: Path,
) -> None:
    receipt = asked(alice).pk
    path = backup()
    run_due_erasures(timezone.now())
    (tmp_path / "erasures.txt").write_text(manage("list_erasures").stdout)

    done = manage(
        "restore", path, "--erasures", tmp_path / "erasures.txt", **new_machine
    )

    assert "Accounts erased again: 1." in done.stdout, done.stderr
    query = "SELECT id, erased_at IS NULL FROM erasure_erasure"
    assert rows(new_machine, query) == [(receipt, False)]
    assert Erasure.objects.get().pk == receipt


def test_a_backup_is_tried_in_a_database_of_its_own_that_goes_afterwards(
    api: Api,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
    tmp_path: Path,
) -> None:
    read_and_seal(api, alices_record)
    path = backup()
    server = new_machine["DATABASE_ADMIN_URL"]

    done = manage("verify_backup", tmp_path, "--server", server)

    assert done.returncode == 0, done.stderr
    assert f"{path}: of " in done.stdout
    assert (made_at := last_verified())
    assert made_at.isoformat() in done.stdout
    assert "0.0 hours old. It can be restored." in done.stdout
    assert "The ledger is intact: 1 seals" in done.stdout
    left = "SELECT datname FROM pg_database WHERE datname LIKE 'phr_backup_%'"
    with psycopg.connect(server, autocommit=True) as session:
        # Another worker of the tests may have one of its own meanwhile.
        wait_until(lambda: session.execute(left).fetchall() == [])


def test_a_backup_whose_ledger_was_changed_is_told(
    api: Api,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
    backup: Backup,
    manage: Manage,
    new_machine: Machine,
) -> None:
    read_and_seal(api, alices_record)
    on_server(
        "SET session_replication_role = replica;"
        "UPDATE audit_accessentry SET patient_id = NULL"
    )
    server = new_machine["DATABASE_ADMIN_URL"]

    done = manage("verify_backup", backup(), "--server", server)

    assert done.returncode == 1
    assert "The ledger is BROKEN at seal 1: A line was changed" in done.stderr
