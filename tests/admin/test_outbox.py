"""The outbox in the admin site, and its buttons that replay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.core import outbox
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.core.tasks import deliver_event
from tests.broker import broker_at, closed_address, events_asked
from tests.cast import with_permissions
from tests.factories import NotificationFactory, OutboxEventFactory

LIST = "/admin/core/outboxevent/"
REPLAY = "/admin/core/outboxevent/replay/"


@pytest.fixture
def waiting(db):
    later = timezone.now() + timedelta(hours=1)
    return OutboxEventFactory.create_batch(
        3, attempts=4, last_error="builtins.ZeroDivisionError", next_attempt_at=later
    )


@pytest.fixture
def delivered(db):
    return OutboxEventFactory(delivered_at=timezone.now())


def test_attempts_and_the_last_error_are_shown(rita, browser, waiting, delivered):
    content = browser(rita).get(LIST + "?delivered=failed").content.decode()

    assert "builtins.ZeroDivisionError" in content
    assert "3 outbox events" in content


def test_an_event_that_this_release_does_not_know_is_shown_as_failed(rita, browser):
    event = OutboxEventFactory(kind="care.of_tomorrow")
    deliver_event(event_id=str(event.pk))

    content = browser(rita).get(LIST + "?delivered=failed").content.decode()

    assert "care.of_tomorrow" in content
    assert "phr.core.events.UnknownEvent" in content


def test_the_button_queues_all_that_wait_and_says_how_many(
    rita, browser, waiting, delivered
):
    client = browser(rita)
    assert REPLAY in client.get(LIST).content.decode()

    held = OutboxEventFactory(set_aside_at=timezone.now(), last_error=outbox.HELD)

    response = client.post(REPLAY, follow=True)

    assert "Queued for delivery: 3 events." in response.content.decode()
    assert outbox.held().get() == held  # it may have left before a restore
    assert events_asked() == {Queue.NOTIFICATIONS: 3}
    assert OutboxEvent.objects.get(pk=delivered.pk).updated_at == delivered.updated_at


def test_the_action_queues_the_selected_ones(rita, browser, waiting, delivered):
    selected = [waiting[0].pk, delivered.pk]
    body = {"action": "replay_selected", "_selected_action": selected}

    response = browser(rita).post(LIST, body, follow=True)

    assert "Queued for delivery: 1 event." in response.content.decode()
    assert events_asked() == {Queue.NOTIFICATIONS: 1}


def test_what_was_set_aside_is_listed_and_can_be_replayed(rita, browser, waiting):
    aside = OutboxEventFactory(
        kind="care.poison", attempts=100, set_aside_at=timezone.now()
    )
    client = browser(rita)

    listed = client.get(LIST + "?delivered=set_aside").content.decode()
    failed = client.get(LIST + "?delivered=failed").content.decode()
    body = {"action": "replay_selected", "_selected_action": [aside.pk]}
    client.post(LIST, body)

    assert "care.poison" in listed
    assert "1 outbox event" in listed
    assert "care.poison" not in failed
    aside.refresh_from_db()
    assert (aside.set_aside_at, aside.attempts) == (None, 100)
    assert events_asked() == {Queue.NOTIFICATIONS: 1}


def test_a_button_is_pressed_not_followed(rita, browser, waiting):
    assert browser(rita).get(REPLAY).status_code == 405
    assert not events_asked()


def test_pressing_needs_the_token_of_the_page(rita, browser, waiting):
    client = browser(rita)
    client.handler.enforce_csrf_checks = True

    assert client.post(REPLAY).status_code == 403
    assert not events_asked()


def test_who_may_only_look_replays_nothing(nina, browser, waiting):
    client = browser(with_permissions(nina, "view_outboxevent"))
    body = {"action": "replay_selected", "_selected_action": [waiting[0].pk]}

    assert REPLAY not in client.get(LIST).content.decode()
    assert client.post(REPLAY).status_code == 403
    client.post(LIST, body)
    assert not events_asked()


def test_without_a_broker_the_events_stay_due_and_nothing_breaks(
    rita, browser, waiting
):
    client = browser(rita)

    with broker_at(closed_address()):
        response = client.post(REPLAY, follow=True)

    assert "The message broker is not available." in response.content.decode()
    soon = timezone.now() + timedelta(minutes=2)
    assert OutboxEvent.objects.filter(next_attempt_at__lte=soon).count() == 3


def test_a_notification_is_shown_when_its_event_has_been_purged(
    nina, browser, delivered
):
    line = NotificationFactory(event=delivered, message="Something was added.")
    delivered.delete()

    page = browser(with_permissions(nina, "view_notification")).get(
        f"/admin/notifications/notification/{line.pk}/change/"
    )

    assert page.status_code == 200
    assert "Something was added." in page.content.decode()
