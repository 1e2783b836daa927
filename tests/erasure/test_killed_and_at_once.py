"""An erasure may be killed at any moment, run twice, and by two workers at once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant
from phr.erasure import deletion, runner, tasks
from phr.erasure.models import Erasure
from phr.health_records import record_deletion
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from tests.at_once import all_at_once
from tests.audit.ledgers import found, seal
from tests.erasure.conftest import CANCEL, asked
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    HealthRecordFactory,
    NotificationFactory,
)

RECORDS = 100
EXPECTED = {
    "records": RECORDS,
    "comments": 3 * RECORDS,
    "versions": 2 * RECORDS,
    "grants": 3,
    "notifications": 7,
    "ledger_lines_redacted": 23,
}


@pytest.fixture
def long_history(alice, dr_bob, dr_eve, dr_fay):
    """A hundred records, three doctors' comments on each, and all that goes along."""
    records = HealthRecordFactory.build_batch(
        RECORDS, patient=alice, created_by=alice.user
    )
    HealthRecord.objects.bulk_create(records)
    DoctorComment.objects.bulk_create(
        [
            DoctorCommentFactory.build(health_record=record, doctor=doctor)
            for record in records
            for doctor in (dr_bob, dr_eve, dr_fay)
        ]
    )
    HealthRecord.objects.update(title="Changed", version=2)
    DoctorComment.objects.filter(doctor=dr_bob).update(comment="Other", version=2)
    NotificationFactory.create_batch(7, recipient=alice.user)
    AccessEntryFactory.create_batch(
        23, actor_id=alice.user_id, patient_id=alice.pk, address="192.0.2.9"
    )
    seal()
    return alice


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch):
    monkeypatch.setattr(deletion, "RECORDS_AT_ONCE", 7)
    monkeypatch.setattr(deletion, "ROWS_AT_ONCE", 4)


def assert_all_gone(patient, erasure):
    erasure.refresh_from_db()
    assert erasure.erased_at is not None
    for model in (HealthRecord, DoctorComment, RecordVersion, CommentVersion):
        assert not model.objects.exists(), model
    assert not CareGrant.objects.filter(patient=patient.pk).exists()
    assert not User.objects.filter(pk=patient.user_id).exists()
    assert erasure.counts == EXPECTED
    assert found() is None


def test_a_long_history_goes_in_small_steps(long_history):
    erasure = asked(long_history)

    steps = tasks.erase_due_accounts()

    assert steps > RECORDS / 7
    assert_all_gone(long_history, erasure)


def test_a_run_has_an_end_and_the_next_one_goes_on(long_history, monkeypatch):
    monkeypatch.setattr(tasks, "MOST_STEPS_PER_RUN", 10)
    erasure = asked(long_history)

    runs = [tasks.erase_due_accounts() for _ in range(6)]

    assert runs[:2] == [10, 10]
    assert runs[-1] == 0
    assert_all_gone(long_history, erasure)


class Killed(BaseException):
    """As `SIGKILL` ends things: nothing here catches it."""


@pytest.mark.parametrize("step", range(0, 30, 4))
def test_killed_anywhere_it_goes_on_and_counts_right(long_history, monkeypatch, step):
    erasure = asked(long_history)
    enough: Counter[str] = Counter()
    save = Erasure.save

    def save_until_killed(self, *args, **options):
        save(self, *args, **options)
        enough["saved"] += 1
        if enough["saved"] > step:
            raise Killed

    monkeypatch.setattr(Erasure, "save", save_until_killed)
    with pytest.raises(Killed):
        tasks.erase_due_accounts()
    monkeypatch.setattr(Erasure, "save", save)

    tasks.erase_due_accounts()

    assert_all_gone(long_history, erasure)


def test_a_step_that_fails_is_undone_and_the_others_go_on(
    long_history, carol, monkeypatch
):
    erasure, carols = asked(long_history), asked(carol)
    note, batches = record_deletion.note_purged, Counter[str]()

    def fail_once(rows):
        batches["noted"] += 1
        if batches["noted"] == 3:
            raise RuntimeError("out of luck")
        note(rows)

    monkeypatch.setattr(record_deletion, "note_purged", fail_once)

    tasks.erase_due_accounts()

    erasure.refresh_from_db()
    carols.refresh_from_db()
    assert erasure.erased_at is None
    assert erasure.counts["records"] == 2 * 7
    assert HealthRecord.objects.count() == RECORDS - 2 * 7
    assert DoctorComment.objects.count() == 3 * (RECORDS - 2 * 7)
    assert carols.erased_at is not None
    tasks.erase_due_accounts()
    assert_all_gone(long_history, erasure)


def test_what_has_come_in_between_is_erased_by_the_next_run(alice, monkeypatch):
    """A request that was under way adds a record when all of them seemed gone."""
    erasure = asked(alice)
    remove, tries = deletion.remove_account, Counter[str]()

    def remove_too_late(user):
        tries["made"] += 1
        if tries["made"] == 1:
            HealthRecordFactory(patient=alice)
            with pytest.raises(ProtectedError):
                remove(user)
            raise ProtectedError("as it was", set())
        return remove(user)

    monkeypatch.setattr(deletion, "remove_account", remove_too_late)
    HealthRecordFactory(patient=alice)
    tasks.erase_due_accounts()
    erasure.refresh_from_db()
    assert (erasure.erased_at, erasure.stage) == (None, 0)

    tasks.erase_due_accounts()

    erasure.refresh_from_db()
    assert erasure.erased_at is not None
    assert not HealthRecord.objects.exists()


def test_a_second_run_finds_nothing_to_do(long_history):
    erasure = asked(long_history)
    tasks.erase_due_accounts()
    lines = AccessEntry.objects.count()

    assert tasks.erase_due_accounts() == 0

    assert AccessEntry.objects.count() == lines
    assert_all_gone(long_history, erasure)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_erase_once(long_history):
    erasure = asked(long_history)

    all_at_once([tasks.erase_due_accounts] * 2)
    tasks.erase_due_accounts()

    assert_all_gone(long_history, erasure)
    ended = AccessEntry.objects.filter(action="erasure.account_erased")
    assert ended.count() == 1
    assert AccessEntry.objects.filter(action="erasure.begun").count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_back_and_beginning_at_once_are_one_or_the_other(api, alice):
    erasure, client = asked(alice), api("alice")

    steps, answer = all_at_once([tasks.erase_due_accounts, lambda: client.post(CANCEL)])

    erasure.refresh_from_db()
    if answer.status_code == 200:
        assert erasure.cancelled_at is not None
        assert steps == 0
        assert User.objects.filter(pk=alice.user_id, is_active=True).exists()
    else:
        assert answer.status_code in (401, 404, 409)
        assert erasure.cancelled_at is None
        tasks.erase_due_accounts()
        assert not User.objects.filter(pk=alice.user_id).exists()


@pytest.mark.django_db(transaction=True)
def test_a_purge_of_deleted_records_at_the_same_time_does_no_harm(long_history):
    HealthRecord.objects.update(deleted_at=timezone.now() - timedelta(days=31))
    erasure = asked(long_history)

    all_at_once(
        [tasks.erase_due_accounts, lambda: record_deletion.purge_batch(at_most=1_000)]
    )
    tasks.erase_due_accounts()

    erasure.refresh_from_db()
    assert erasure.erased_at is not None
    assert not HealthRecord.objects.exists()
    assert not RecordVersion.objects.exists()


def test_no_step_reads_more_than_its_share(long_history):
    """Memory stays flat: rows are asked for by the batch."""
    CareGrantFactory(patient=long_history, ended=True)
    erasure = asked(long_history)
    runner.take_step(erasure_id=erasure.pk, at=timezone.now())
    sizes = []
    before = HealthRecord.objects.count()
    while runner.take_step(erasure_id=erasure.pk, at=timezone.now()):
        left = HealthRecord.objects.count()
        sizes.append(before - left)
        before = left

    assert max(sizes) == 7
