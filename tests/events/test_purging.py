"""Delivered events go after a while, and nothing is told twice because of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.accounts.models import Mail
from phr.care.models import DoctorProfile, PatientProfile
from phr.core import outbox, outbox_queue, tasks
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.conftest import Api
from tests.factories import MONDAY, NotificationPreferenceFactory, OutboxEventFactory
from tests.some_events import ThingHappened

RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
DAY = timedelta(days=1)

pytestmark = pytest.mark.timeout(60)


def delivered(days_ago: int) -> OutboxEvent:
    return OutboxEventFactory(
        kind=ThingHappened.kind, delivered_at=timezone.now() - days_ago * DAY
    )


def test_what_was_delivered_a_week_ago_goes_and_the_rest_stays(db: None) -> None:
    delivered(8)
    young, waiting = (
        delivered(6),
        OutboxEventFactory(kind=ThingHappened.kind, next_attempt_at=MONDAY),
    )

    assert tasks.purge_delivered_events() == 1

    assert set(OutboxEvent.objects.all()) == {young, waiting}


def test_a_purge_takes_the_oldest_in_batches(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "EVENTS_AT_ONCE", 2)
    monkeypatch.setattr(tasks, "MOST_BATCHES_PER_PURGE", 2)
    found = [delivered(days) for days in (8, 12, 9, 11, 10)]

    counts = [tasks.purge_delivered_events() for _ in range(2)]

    assert counts == [4, 1]
    assert not OutboxEvent.objects.filter(pk__in=[event.pk for event in found])


def test_what_an_event_has_caused_stays_and_is_not_told_twice(
    api: Api,
    alice: PatientProfile,
    dr_bob: DoctorProfile,
    deliver: Callable[[], None],
) -> None:
    EmailAddress.objects.create(
        user=dr_bob.user, email=dr_bob.user.email.lower(), verified=True, primary=True
    )
    NotificationPreferenceFactory(user=dr_bob.user, is_on=True)
    with transaction.atomic():
        record = api("alice").post("/api/health-records/", RECORD).json()
        event = OutboxEvent.objects.get(kind="health_records.record_created")
        outbox.deliver([event.pk], now=timezone.now() - 8 * DAY)

    assert tasks.purge_delivered_events() == 1

    told, mailed = Notification.objects.get(), Mail.objects.get()
    assert (told.event_id, mailed.event_id) == (event.pk, event.pk)
    assert event.payload == {"record_id": record["id"]}
    assert not outbox.deliver([event.pk], now=timezone.now())
    again = OutboxEvent.objects.create(
        pk=event.pk, kind=event.kind, payload=event.payload
    )
    assert outbox.deliver([again.pk], now=timezone.now())
    assert (Notification.objects.count(), Mail.objects.count()) == (1, 1)


def test_the_inbox_shows_lines_whose_event_is_gone(
    api: Api, alice: PatientProfile, dr_bob: DoctorProfile
) -> None:
    api("alice").post("/api/health-records/", RECORD)
    event = OutboxEvent.objects.get()
    outbox.deliver([event.pk], now=timezone.now() - 8 * DAY)
    tasks.purge_delivered_events()

    inbox = api("dr_bob").get("/api/notifications/").json()["results"]

    assert [line["notification_type"] for line in inbox] == ["NEW_RECORD"]


def test_a_wakeup_that_comes_after_the_purge_does_nothing(db: None) -> None:
    tasks.deliver_events(caused_by={str(uuid7()): ""})

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_purges_at_once_share_the_work_and_wait_for_nobody() -> None:
    held = delivered(20)
    for days in range(8, 16):
        delivered(days)
    before = timezone.now() - settings.RETAIN_EVENTS

    with transaction.atomic():
        OutboxEvent.objects.select_for_update().get(pk=held.pk)
        counts = all_at_once(
            [lambda: outbox.purge_delivered(before=before, at_most=10)] * 3
        )

    assert sum(counts) == 8
    assert list(OutboxEvent.objects.all()) == [held]


def fill_outbox() -> None:
    """Forty thousand that were delivered, half long ago, and two thousand due."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_outboxevent (id, created_at, updated_at, kind, payload,
              attempts, next_attempt_at, last_error, delivered_at)
            SELECT gen_random_uuid(), now(), now(), 'tests.nothing_happened', '{}', 1,
              now() - n * interval '1 second', '',
              CASE WHEN n % 20 > 0 THEN now() - n * interval '30 seconds' END
            FROM generate_series(1, 42000) AS n
            """
        )
        # What other tests have rolled back is still in it, until a vacuum.
        cursor.execute("REINDEX TABLE core_outboxevent")
        cursor.execute("ANALYZE core_outboxevent")


@pytest.mark.parametrize("work", ["replay", "take", "purge"])
def test_due_and_old_events_are_found_by_their_indexes(db: None, work: str) -> None:
    fill_outbox()
    now = timezone.now()

    with CaptureQueriesContext(connection) as queries:
        if work == "replay":
            outbox_queue.put_due_in_line(now=now, at_most=1_000)
        elif work == "take":
            outbox_queue.take(Queue.NOTIFICATIONS, now=now, at_most=10)
        else:
            outbox.purge_delivered(before=now - settings.RETAIN_EVENTS, at_most=1_000)

    statements = [q["sql"] for q in queries if "core_outboxevent" in q["sql"]]
    assert len(statements) == (2 if work == "purge" else 1)
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan" not in plan, plan
        # A replay sorts the thousand that it has found, by their owners.
        assert "Sort" not in plan or work == "replay", plan
