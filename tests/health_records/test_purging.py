"""After 30 days a deleted record is gone for good, with all that was kept of it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.celery_settings import beat_schedule
from phr.audit.models import AccessEntry
from phr.health_records import record_deletion, tasks
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from tests.at_once import all_at_once
from tests.factories import DoctorCommentFactory, HealthRecordFactory
from tests.rows import nothing_written
from tests.waiting import started_and_waiting

RECORDS = "/api/health-records/"
LONG_AGO = timedelta(days=30, minutes=1)
ALMOST = timedelta(days=30) - timedelta(minutes=1)


def deleted(patient, ago=LONG_AGO, **values):
    """A record that was changed and commented on, and deleted a while ago."""
    record = HealthRecordFactory(patient=patient, **values)
    change(record, title="Changed")
    comment = DoctorCommentFactory(health_record=record)
    DoctorComment.objects.filter(pk=comment.pk).update(comment="Other", version=2)
    DoctorCommentFactory(health_record=record).delete()
    change(record, deleted_at=timezone.now() - ago)
    return record


def change(record, **values):
    record.version += 1
    HealthRecord.objects.filter(pk=record.pk).update(version=record.version, **values)


def counts():
    models = (HealthRecord, DoctorComment, RecordVersion, CommentVersion)
    return tuple(model.objects.count() for model in models)


def test_what_was_deleted_long_ago_is_gone_with_comments_and_versions(
    alice, alices_record
):
    gone = [deleted(alice), deleted(alice)]
    kept = deleted(alice, ALMOST)
    change(alices_record, title="Still here")
    DoctorCommentFactory(health_record=alices_record)
    assert counts() == (4, 4, 7, 6)

    assert tasks.purge_deleted_records() == 2

    assert counts() == (2, 2, 3, 2)
    assert set(HealthRecord.objects.all()) == {alices_record, kept}
    ids = [record.pk for record in gone]
    assert not RecordVersion.objects.filter(id__in=ids).exists()
    assert not CommentVersion.objects.filter(health_record__in=ids).exists()


def test_what_is_purged_is_entered_once_for_each_patient(alice, carol):
    records = [deleted(alice), deleted(alice, record_type="DIAGNOSIS")]
    carols = deleted(carol)

    tasks.purge_deleted_records()
    tasks.purge_deleted_records()

    entries = AccessEntry.objects.filter(action="health_records.record_purged")
    assert entries.count() == 2
    alices = entries.get(patient_id=alice.pk)
    assert (alices.actor_id, alices.face, alices.address) == (None, "task", None)
    assert set(alices.object_ids) == {record.pk for record in records}
    assert (alices.count, alices.categories) == (2, ["CHECKUP", "DIAGNOSIS"])
    assert entries.get(patient_id=carol.pk).object_ids == [carols.pk]


def test_with_nothing_to_purge_nothing_is_written(alice, alices_record):
    deleted(alice, ALMOST)

    with nothing_written():
        assert tasks.purge_deleted_records() == 0


def test_purging_goes_in_batches_and_a_run_has_an_end(monkeypatch, alice):
    monkeypatch.setattr(tasks, "RECORDS_PER_BATCH", 2)
    monkeypatch.setattr(tasks, "MOST_BATCHES_PER_RUN", 2)
    for _ in range(5):
        deleted(alice)

    assert [tasks.purge_deleted_records() for _ in range(3)] == [4, 1, 0]
    assert counts() == (0, 0, 0, 0)


def test_the_oldest_go_first(alice):
    newer = deleted(alice, timedelta(days=31))
    deleted(alice, timedelta(days=90))

    assert record_deletion.purge_batch(at_most=1) == 1
    assert HealthRecord.objects.get() == newer


def test_beat_purges_every_hour():
    entry = beat_schedule["purge-deleted-records"]

    assert entry["task"] == tasks.purge_deleted_records.name
    assert entry["schedule"] == 3600


def test_after_purging_versions_are_protected_again(alice, alices_record):
    deleted(alice)
    change(alices_record, title="Changed")

    tasks.purge_deleted_records()

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        RecordVersion.objects.all().delete()
    alices_record.delete()
    assert RecordVersion.objects.filter(pgh_label="delete").count() == 1


def test_a_purge_that_fails_half_way_has_done_nothing(monkeypatch, alice):
    deleted(alice)

    def fail(*args):
        raise RuntimeError("killed")

    monkeypatch.setattr(record_deletion, "note_purged", fail)
    before = counts()

    with pytest.raises(RuntimeError):
        tasks.purge_deleted_records()

    assert counts() == before
    assert not AccessEntry.objects.exists()
    monkeypatch.undo()
    assert tasks.purge_deleted_records() == 1


@pytest.mark.django_db(transaction=True)
def test_purges_at_once_share_the_work_and_enter_each_record_once(alice):
    for _ in range(12):
        deleted(alice)

    gone = all_at_once([partial(record_deletion.purge_batch, at_most=4)] * 4)

    assert sum(gone) + HealthRecord.objects.count() == 12
    tasks.purge_deleted_records()
    assert counts() == (0, 0, 0, 0)
    entered = [
        record_id
        for entry in AccessEntry.objects.filter(action="health_records.record_purged")
        for record_id in entry.object_ids
    ]
    assert len(entered) == len(set(entered)) == 12


@pytest.mark.django_db(transaction=True)
def test_a_record_that_is_being_restored_is_left_alone(alice):
    """The restore has taken it in time, and the time runs out before it commits."""
    record = deleted(alice)
    with transaction.atomic():
        HealthRecord.objects.filter(pk=record.pk).update(deleted_at=None)
        purged = in_thread(partial(record_deletion.purge_batch, at_most=10))

    assert purged == 0
    assert HealthRecord.objects.get().deleted_at is None
    assert tasks.purge_deleted_records() == 0


@pytest.mark.django_db(transaction=True)
def test_a_restore_that_comes_during_the_purge_finds_nothing(api, alice):
    record = deleted(alice, ALMOST)
    client = api("alice")
    with pgtrigger.ignore(*record_deletion.IN_THE_WAY), transaction.atomic():
        list(HealthRecord.objects.filter(pk=record.pk).select_for_update())
        answer = started_and_waiting(
            lambda: client.post(f"{RECORDS}{record.pk}/restore/")
        )
        record_deletion.remove([record.pk])

    assert answer.result(timeout=20).status_code == 404
    assert counts() == (0, 0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_purging_and_restoring_at_the_last_moment_have_one_winner(api, alice):
    records = [deleted(alice) for _ in range(8)]
    clients = [api("alice") for _ in records]
    until = time_is_up_one_after_the_other(records)

    def purge():
        while timezone.now() < until:
            tasks.purge_deleted_records()

    calls: list[Callable[[], Any]] = [
        partial(client.post, f"{RECORDS}{record.pk}/restore/")
        for client, record in zip(clients, records, strict=True)
    ]
    answers = all_at_once([*calls, purge, purge])

    restored = {
        record.pk: answer.status_code == 200
        for record, answer in zip(records, answers, strict=False)
    }
    live = HealthRecord.objects.live().filter(pk__in=restored)
    assert set(live) == {record for record in records if restored[record.pk]}
    assert HealthRecord.objects.count() == live.count()
    assert RecordVersion.objects.count() == 4 * live.count()


def time_is_up_one_after_the_other(records):
    """Now for the first, a little later for each of the others.

    :returns: when it is up for all.
    """
    now = timezone.now()
    for n, record in enumerate(records):
        left = timedelta(milliseconds=60) * n
        HealthRecord.objects.filter(pk=record.pk).update(
            deleted_at=now - timedelta(days=30) + left
        )
    return now + timedelta(seconds=1)


def in_thread(call):
    found = []

    def run():
        try:
            found.append(call())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    return found[0]


def test_the_admin_site_knows_no_versions():
    versions = {RecordVersion, CommentVersion}
    shown = {
        model for model in admin.site._registry if model._meta.app_label == "pghistory"
    }

    assert not versions & admin.site._registry.keys()
    assert not shown
