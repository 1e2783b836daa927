"""What was still to be told about somebody who has left is told to nobody."""

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.events import AccountEvent, MailDue, SessionEvent
from phr.care.events import GrantEvent, VerificationEvent
from phr.core import events, outbox
from phr.core.models import OutboxEvent
from phr.erasure import tasks
from phr.erasure.models import Erasure
from phr.health_records.events import CommentEvent, RecordEvent
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
from tests.some_events import events_of_the_product, made

# Not about patients: their rows stay when a doctor leaves. A mail is named by its row.
ELSEWHERE = (VerificationEvent, MailDue)
HEARD = [
    event_type
    for event_type in events_of_the_product()
    if event_type.is_heard and not issubclass(event_type, ELSEWHERE)
]


@pytest.fixture
def names(alice, dr_dan):
    """The ids of what will be gone."""
    sign_in(APIClient(), alice.user)
    grant = CareGrantFactory(patient=alice, doctor=dr_dan)
    emergency = EmergencyAccessFactory(grant__patient=alice)
    record = HealthRecordFactory(patient=alice)
    comment = DoctorCommentFactory(health_record=record, doctor=dr_dan)
    gone = {
        "grant_id": grant.pk,
        "record_id": record.pk,
        "comment_id": comment.pk,
        "session_id": alice.user.login_sessions.get().pk,
        "user_id": alice.user_id,
        "export_id": ExportFactory(user=alice.user).pk,
    }
    return [gone, gone | {"grant_id": emergency.grant_id}]


def test_every_type_that_is_heard_is_tried():
    families = (GrantEvent, RecordEvent, CommentEvent, SessionEvent, AccountEvent)

    for family in families:
        assert any(issubclass(each, family) for each in HEARD)
    assert all(issubclass(each, families) for each in HEARD)


@pytest.mark.parametrize("event_type", HEARD, ids=lambda each: each.kind)
def test_an_event_about_somebody_gone_is_delivered_and_tells_nobody(
    alice, names, event_type, deliver
):
    with transaction.atomic():
        ids = [events.emit(made(event_type, **each)).pk for each in names]
    asked(alice)
    tasks.erase_due_accounts()

    for event_id in ids:
        assert outbox.deliver([event_id], now=timezone.now())

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
