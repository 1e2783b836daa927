"""What erasing a patient does beside removing rows, and the receipt for it."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from config.celery_settings import beat_schedule
from phr.accounts.models import LoginSession
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant
from phr.erasure import runner, tasks
from phr.erasure.models import Erasure
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.notifications.models import Notification
from tests.audit.ledgers import found, seal
from tests.erasure.conftest import (
    DELETE,
    RECEIPTS,
    RECORDS,
    WORDS,
    asked,
    client_of,
    fill_record,
)
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
)
from tests.problem_answers import problem_of


def test_the_receipt_counts_what_is_gone(api, everything, leave):
    rows = {
        "records": HealthRecord.objects.filter(patient=everything).count(),
        "comments": DoctorComment.objects.filter(
            health_record__patient=everything
        ).count(),
        "versions": RecordVersion.objects.filter(patient=everything).count()
        + CommentVersion.objects.count(),
        "grants": CareGrant.objects.filter(patient=everything).count(),
        "emergency_accesses": 1,
        "notifications": Notification.objects.filter(recipient=everything.user).count(),
        "notifications_of_others": Notification.objects.filter(about_patient=everything)
        .exclude(recipient=everything.user)
        .count(),
        "ledger_lines_redacted": AccessEntry.objects.filter(
            actor_id=everything.user_id
        ).count()
        + AccessEntry.objects.placing_refused_sign_ins(everything.user_id).count(),
        "second_factors": 1,
        "email_addresses": 1,
        "mails": 1,
        "exports": 1,
        "sessions": LoginSession.objects.filter(user=everything.user).count() + 1,
    }
    assert all(rows.values())

    erasure = leave(everything)

    answer = api("nobody").get(f"{RECEIPTS}{erasure.pk}/")
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"requested_at", "erased_at", "counts"}
    assert body["counts"] == rows


def test_there_is_no_receipt_before_the_end_and_none_for_other_ids(api, zinnia, dr_bob):
    waiting = asked(zinnia)
    cancelled = asked(dr_bob)
    Erasure.objects.filter(pk=cancelled.pk).update(cancelled_at=timezone.now())
    client = api("nobody")

    for erasure_id in (waiting.pk, cancelled.pk, zinnia.user_id, UUID(int=5)):
        problem_of(client.get(f"{RECEIPTS}{erasure_id}/"), 404, "not_found")


def test_the_id_of_a_receipt_tells_no_time_and_is_random():
    ids = [Erasure().pk for _ in range(4)]

    assert {one.version for one in ids} == {4}
    assert len({one.bytes[:6] for one in ids}) == 4


def test_a_name_that_was_erased_can_be_registered_again(api, zinnia, leave):
    leave(zinnia)

    answer = api("nobody").post(
        "/api/auth/register/",
        {
            "username": WORDS["username"],
            "email": WORDS["email"],
            "password": "quite a long sentence 9",
            "password_confirm": "quite a long sentence 9",
            "user_type": "PATIENT",
            "first_name": "Other",
            "last_name": "Person",
        },
    )

    assert answer.status_code == 201
    assert answer.json()["user"]["id"] != str(zinnia.user_id)


def test_doctors_lose_access_and_nobody_can_sign_in_once_it_begins(
    api, zinnia, dr_dan, monkeypatch
):
    CareGrantFactory(patient=zinnia, doctor=dr_dan)
    record = fill_record(zinnia, dr_dan)
    client, doctor = client_of(api, zinnia), api("dr_dan")
    erasure = asked(zinnia)
    now = timezone.now()

    assert runner.take_step(erasure_id=erasure.pk, at=now)
    assert client.get(RECORDS).status_code == 401
    assert runner.take_step(erasure_id=erasure.pk, at=now)
    problem_of(doctor.get(f"{RECORDS}{record.pk}/"), 404, "not_found")
    assert HealthRecord.objects.filter(pk=record.pk).exists()


def test_what_the_server_does_is_entered_without_a_name(zinnia, leave):
    fill_record(zinnia)
    leave(zinnia)

    by_itself = AccessEntry.objects.filter(actor_id=None).order_by("position")
    assert list(by_itself.values_list("action", "patient_id", "face")) == [
        ("erasure.begun", zinnia.pk, "task"),
        ("health_records.record_purged", zinnia.pk, "task"),
        ("erasure.account_erased", zinnia.pk, "task"),
    ]


def test_the_ledger_is_right_before_and_after(api, everything, leave):
    seal()
    assert found() is None

    leave(everything)
    assert found() is None

    seal()
    assert found() is None
    answer = api("dr_dan").get("/api/access-log/verify/").json()
    assert answer["ok"]
    assert (
        answer["redacted"]
        == AccessEntry.objects.filter(actor_id=everything.user_id).count()
        + 1  # the sign-in that failed
    )


def test_lines_of_requests_that_were_under_way_lose_the_name_later(zinnia, leave):
    erasure = leave(zinnia)
    late = AccessEntryFactory(actor_id=zinnia.user_id, actor_name=WORDS["first_name"])
    seal()
    before = erasure.counts.get("ledger_lines_redacted", 0)

    tasks.erase_due_accounts()

    late.refresh_from_db()
    assert late.actor_name == ""
    assert found() is None
    erasure.refresh_from_db()
    assert erasure.counts["ledger_lines_redacted"] == before + 1


def test_after_erasing_versions_are_protected_again(zinnia, alices_record, leave):
    fill_record(zinnia)
    leave(zinnia)
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="Changed", version=2)

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        RecordVersion.objects.all().delete()


def test_beat_erases_every_hour():
    entry = beat_schedule["erase-due-accounts"]

    assert entry["task"] == tasks.erase_due_accounts.name
    assert entry["schedule"] == 3600


def test_through_http_and_a_week_later(api, zinnia, monkeypatch):

    client = client_of(api, zinnia)
    erasure_id = client.post(DELETE).json()["id"]
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        tasks.erase_due_accounts()

        assert client.get(DELETE).status_code == 401
        receipt = client.get(f"{RECEIPTS}{erasure_id}/", HTTP_AUTHORIZATION="")
        assert receipt.status_code == 200
