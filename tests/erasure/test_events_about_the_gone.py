"""What was still to be told about somebody who has left is told to nobody."""

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.core import events
from phr.core.models import OutboxEvent
from phr.erasure import tasks
from phr.erasure.models import Erasure
from phr.notifications.models import Notification
from tests.conftest import sign_in
from tests.erasure.conftest import asked
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    EmergencyAccessFactory,
    ExportFactory,
    HealthRecordFactory,
)

# Every kind of event that a handler listens to, and what it names.
OF_A_GRANT = [
    "care.doctor_assigned",
    "care.access_requested",
    "care.doctor_invited",
    "care.grant_accepted",
    "care.grant_declined",
    "care.grant_changed",
    "care.grant_ended",
    "care.emergency_access",
    "care.emergency_reviewed",
]
OF_A_RECORD = ["health_records.record_created", "health_records.record_restored"]
OF_A_COMMENT = ["health_records.comment_added", "health_records.comment_published"]
OF_A_SESSION = ["accounts.signed_in_from_new_place", "accounts.refresh_reused"]
# Not of patients: their rows stay when a doctor leaves.
OF_A_DOCTOR = [
    "care.license_handed_in",
    "care.doctor_verified",
    "care.doctor_refused",
]
ELSEWHERE = {"accounts.mail_due"}  # named by the mail's own row


@pytest.fixture
def names(alice, dr_dan):
    """The ids of what will be gone."""
    sign_in(APIClient(), alice.user)
    grant = CareGrantFactory(patient=alice, doctor=dr_dan)
    emergency = EmergencyAccessFactory(grant__patient=alice)
    record = HealthRecordFactory(patient=alice)
    comment = DoctorCommentFactory(health_record=record, doctor=dr_dan)
    export = ExportFactory(user=alice.user)
    return {
        "grant_id": [grant.pk, emergency.grant_id],
        "record_id": [record.pk],
        "comment_id": [comment.pk],
        "session_id": [alice.user.login_sessions.get().pk],
        "user_id": [alice.user_id],
        "export_id": [export.pk],
    }


def names_of(kind):
    for kinds, name in (
        (OF_A_GRANT, "grant_id"),
        (OF_A_RECORD, "record_id"),
        (OF_A_COMMENT, "comment_id"),
        (OF_A_SESSION, "session_id"),
    ):
        if kind in kinds:
            return name
    return "user_id"


KINDS = sorted(
    kind
    for kind in events._handlers
    if kind not in {*OF_A_DOCTOR, *ELSEWHERE} and not kind.startswith("tests.")
)


def test_every_kind_that_is_heard_is_tried():
    assert {*OF_A_GRANT, *OF_A_RECORD, *OF_A_COMMENT, *OF_A_SESSION} <= set(KINDS)
    assert "accounts.password_changed" in KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_about_somebody_gone_is_delivered_and_tells_nobody(
    alice, names, kind, deliver
):
    name = names_of(kind)
    also = {"export_id": names["export_id"][0]} if kind.startswith("archive.") else {}
    with transaction.atomic():
        ids = [events.emit(kind, **{name: one}, **also).pk for one in names[name]]
    asked(alice)
    tasks.erase_due_accounts()

    for event_id in ids:
        assert events.deliver(event_id, now=timezone.now())

    late = OutboxEvent.objects.filter(pk__in=ids)
    assert not late.filter(delivered_at=None).exists()
    assert not Notification.objects.filter(event__in=late).exists()


def test_nothing_that_waits_in_the_outbox_fails_after_an_erasure(
    api, alice, dr_bob, deliver
):
    client = api("alice")
    client.post(
        "/api/health-records/",
        {
            "record_type": "CHECKUP",
            "title": "Yearly check-up",
            "visit_date": "2026-03-02T09:00:00Z",
        },
    )
    grant = alice.care_grants.get()
    client.post(f"/api/care/grants/{grant.pk}/end/", {})
    client.post("/api/account/delete/")
    Erasure.objects.update(due_at=timezone.now())
    tasks.erase_due_accounts()

    deliver()

    assert not OutboxEvent.objects.filter(delivered_at=None).exists()
    assert not Notification.objects.exists()
