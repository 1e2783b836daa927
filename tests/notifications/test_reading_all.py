"""Marking a full inbox as read: in batches, by the index of what is unread."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.accounts.models import User
from phr.care.models import PatientProfile
from phr.core.models import OutboxEvent
from phr.notifications import services
from phr.notifications.models import Notification, NotificationType
from phr.notifications.services import MARKED_AT_ONCE, mark_all_read
from tests.at_once import all_at_once
from tests.conftest import Api

READ_ALL = "/api/notifications/mark-all-read/"


def fill(user: User, count: int, *, read_at: datetime | None = None) -> None:
    """Put notifications into an inbox, each of an event of its own."""
    events = OutboxEvent.objects.bulk_create(
        OutboxEvent(kind="tests.nothing_happened", payload={}) for _ in range(count)
    )
    Notification.objects.bulk_create(
        Notification(
            recipient=user,
            notification_type=NotificationType.NEW_RECORD,
            title="New health record",
            message="Somebody has added a health record.",
            event=event,
            is_read=read_at is not None,
            read_at=read_at,
        )
        for event in events
    )


def unread(user: User) -> int:
    return Notification.objects.filter(recipient=user).unread().count()


def test_ten_thousand_are_marked_in_batches(api: Api, alice: PatientProfile) -> None:
    fill(alice.user, 10_000)
    client = api("alice")

    with CaptureQueriesContext(connection) as queries:
        response = client.post(READ_ALL)

    assert response.json()["count"] == 10_000
    assert unread(alice.user) == 0
    updates = [q for q in queries if q["sql"].startswith("UPDATE")]
    assert len(updates) == 10_000 // MARKED_AT_ONCE


def test_a_batch_reads_the_index_of_what_is_unread(alice: PatientProfile) -> None:
    fill(alice.user, 10_000, read_at=timezone.now())
    fill(alice.user, 20)
    with connection.cursor() as cursor:
        # What other tests have rolled back is still in it, until a vacuum.
        cursor.execute("REINDEX INDEX notifications_unread")
        cursor.execute("ANALYZE notifications_notification")

    with CaptureQueriesContext(connection) as queries:
        services.mark_some_read(alice.user, timezone.now())

    (chosen,) = [q["sql"] for q in queries if q["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {chosen}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notifications_unread" in plan
    assert "Sort" not in plan


def test_what_arrives_meanwhile_stays_unread(
    alice: PatientProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(alice.user, 3)
    monkeypatch.setattr(services, "MARKED_AT_ONCE", 1)
    batch_of = services.mark_some_read

    def one_comes_with_each_batch(actor: User, at: datetime) -> int:
        assert unread(alice.user) < 10, "It would go on for ever."
        fill(alice.user, 1)
        return batch_of(actor, at)

    monkeypatch.setattr(services, "mark_some_read", one_comes_with_each_batch)

    assert mark_all_read(actor=alice.user, at=timezone.now()) == 3
    assert unread(alice.user) == 4


@pytest.mark.django_db(transaction=True)
def test_two_at_once_count_each_notification_once(
    alice: PatientProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(alice.user, 200)
    monkeypatch.setattr(services, "MARKED_AT_ONCE", 10)

    counts = all_at_once(
        [lambda: mark_all_read(actor=alice.user, at=timezone.now())] * 4
    )

    assert sum(counts) == 200
    assert unread(alice.user) == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_marked_before_a_failure_stays_so(
    alice: PatientProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(alice.user, 20)
    monkeypatch.setattr(services, "MARKED_AT_ONCE", 10)
    batch_of, batches = services.mark_some_read, []

    def fail_at_the_second(actor: User, at: datetime) -> int:
        batches.append(at)
        if len(batches) == 2:
            raise InterruptedError
        return batch_of(actor, at)

    monkeypatch.setattr(services, "mark_some_read", fail_at_the_second)
    with pytest.raises(InterruptedError):
        mark_all_read(actor=alice.user, at=timezone.now())

    assert unread(alice.user) == 10


@pytest.mark.django_db(transaction=True)
def test_a_batch_holds_up_only_its_own_rows(alice: PatientProfile) -> None:
    fill(alice.user, 1)
    with transaction.atomic():
        services.mark_some_read(alice.user, timezone.now())
        fill_elsewhere = all_at_once([lambda: fill(alice.user, 5)])

    assert fill_elsewhere == [None]
    assert unread(alice.user) == 5


@pytest.mark.django_db(transaction=True)
def test_what_workers_deliver_while_all_are_marked_is_there_and_counted_once(
    alice: PatientProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(alice.user, 60)
    monkeypatch.setattr(services, "MARKED_AT_ONCE", 5)

    def mark() -> int:
        return mark_all_read(actor=alice.user, at=timezone.now())

    def deliver() -> int:
        for _ in range(10):
            fill(alice.user, 1)
        return 0

    marked = sum(all_at_once([mark, mark, deliver, deliver]))

    mine = Notification.objects.filter(recipient=alice.user)
    assert mine.count() == 60 + 20
    assert marked >= 60
    assert unread(alice.user) == 60 + 20 - marked
    assert mine.filter(is_read=True, read_at=None).count() == 0
    assert mine.filter(is_read=False).exclude(read_at=None).count() == 0
