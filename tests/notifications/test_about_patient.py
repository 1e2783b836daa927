"""Every line knows of which patient it speaks, so that it can go with them."""

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from phr.care.grants import end_grant
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.factories import NotificationFactory

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
FILL = import_module("phr.notifications.migrations.0004_fill_about_patient").FILL


@pytest.fixture
def lines_about_alice(api, alice, dr_bob, bobs_grant, deliver):
    """A record, a comment, one that is taken back, and the end of care."""
    url = api("alice").post(RECORDS, RECORD).headers["Location"]
    doctor = api("dr_bob")
    doctor.post(f"{url}comments/", {"comment": "Come again."})
    taken_back = doctor.post(f"{url}comments/", {"comment": "No."}).json()["id"]
    deliver()
    doctor.delete(f"{url}comments/{taken_back}/")
    end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now())
    deliver()
    return Notification.objects.all()


def test_lines_name_the_patient_of_whom_they_speak(alice, lines_about_alice):
    types = sorted(lines_about_alice.values_list("notification_type", flat=True))

    assert types == ["CARE_CHANGED", "COMMENT_ADDED", "COMMENT_ADDED", "NEW_RECORD"]
    assert set(lines_about_alice.values_list("about_patient", flat=True)) == {alice.pk}


def test_a_line_about_an_account_is_about_no_patient(api, alice, deliver):
    client = api("nobody")
    login = {"username": "alice", "password": "correct horse battery 7"}
    for address in ("192.0.2.1", "192.0.2.2"):
        client.post("/api/auth/login/", login, REMOTE_ADDR=address)
    deliver()

    assert Notification.objects.get().about_patient is None


def test_lines_from_before_are_found_by_their_events(alice, lines_about_alice, sam):
    other = OutboxEvent.objects.create(kind="core.other", payload={"user_id": "x"})
    of_nobody = NotificationFactory(recipient=sam, event=other)
    Notification.objects.update(about_patient=None)

    with connection.cursor() as cursor:
        cursor.execute(FILL)

    of_alice = Notification.objects.filter(about_patient=alice)
    assert of_alice.count() == 4
    assert Notification.objects.get(about_patient=None) == of_nobody
