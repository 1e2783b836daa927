"""Delivered twice, or by two workers at once: told once."""

import pytest
from django.utils import timezone

from phr.core import outbox
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.factories import CareGrantFactory

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


@pytest.fixture
def event(api, alice, dr_bob, dr_dan):
    """A new record, of which two doctors are to be told."""
    CareGrantFactory(patient=alice, doctor=dr_dan)
    OutboxEvent.objects.all().delete()
    assert api("alice").post(RECORDS, RECORD).status_code == 201
    return OutboxEvent.objects.get()


def test_an_event_is_delivered_once(event):
    assert outbox.deliver([event.pk], now=timezone.now()) == 1
    assert outbox.deliver([event.pk], now=timezone.now()) == 0

    assert Notification.objects.count() == 2


def test_a_handler_that_runs_again_tells_nobody_again(event):
    """As when a worker dies after its work and before the event is marked."""
    for _ in range(3):
        OutboxEvent.objects.update(delivered_at=None)
        assert outbox.deliver([event.pk], now=timezone.now())

    assert Notification.objects.count() == 2


def test_what_was_read_stays_read_when_the_event_comes_again(api, event):
    outbox.deliver([event.pk], now=timezone.now())
    api("dr_bob").post("/api/notifications/mark-all-read/")

    OutboxEvent.objects.update(delivered_at=None)
    outbox.deliver([event.pk], now=timezone.now())

    unread = api("dr_bob").get("/api/notifications/", {"is_read": "false"})
    assert unread.json()["results"] == []


def test_who_was_let_in_since_is_told_when_the_event_comes_again(event, alice, dr_eve):
    outbox.deliver([event.pk], now=timezone.now())
    CareGrantFactory(patient=alice, doctor=dr_eve)

    OutboxEvent.objects.update(delivered_at=None)
    outbox.deliver([event.pk], now=timezone.now())

    assert Notification.objects.filter(recipient=dr_eve.user).count() == 1
    assert Notification.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(event):
    OutboxEvent.objects.update(delivered_at=None)
    Notification.objects.all().delete()

    delivered = all_at_once(
        [lambda: outbox.deliver([event.pk], now=timezone.now()) for _ in range(4)]
    )

    assert sorted(delivered) == [0, 0, 0, 1]
    assert Notification.objects.count() == 2
