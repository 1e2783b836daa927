"""One's own inbox, through HTTP."""

import pytest

from phr.core.ids import uuid7
from phr.notifications.models import Notification
from tests.factories import NotificationFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

INBOX = "/api/notifications/"
READ_ALL = "/api/notifications/mark-all-read/"


@pytest.fixture
def inbox(alice, carol):
    """Three unread notifications of Alice's, oldest first, and one of Carol's."""
    NotificationFactory(recipient=carol.user)
    return [
        NotificationFactory(recipient=alice.user, message=f"number {n}")
        for n in range(3)
    ]


def messages(response):
    assert response.status_code == 200
    return [row["message"] for row in response.json()["results"]]


def test_the_inbox_shows_ones_own_newest_first(api, inbox):
    response = api("alice").get(INBOX)

    assert messages(response) == ["number 2", "number 1", "number 0"]
    newest = inbox[-1]
    assert response.json()["results"][0] == {
        "id": str(newest.pk),
        "notification_type": "NEW_RECORD",
        "title": newest.title,
        "message": "number 2",
        "is_read": False,
        "created_at": response.json()["results"][0]["created_at"],
    }


def test_reading_one_marks_that_one(api, inbox):
    client = api("alice")

    response = client.post(f"{INBOX}{inbox[1].pk}/read/")

    assert response.status_code == 200
    assert response.json().keys() == {"message"}
    assert messages(client.get(INBOX, {"is_read": "true"})) == ["number 1"]
    assert messages(client.get(INBOX, {"is_read": "false"})) == ["number 2", "number 0"]
    assert len(messages(client.get(INBOX))) == 3


def test_reading_again_keeps_the_time_of_the_first_reading(api, inbox):
    client, url = api("alice"), f"{INBOX}{inbox[0].pk}/read/"
    client.post(url)

    with nothing_written():
        assert client.post(url).status_code == 200

    inbox[0].refresh_from_db()
    assert inbox[0].read_at is not None


def test_somebody_elses_notification_is_not_found(api, inbox, sam):
    for who in ("carol", "sam"):
        client = api(who)
        with nothing_written():
            problem_of(client.post(f"{INBOX}{inbox[0].pk}/read/"), 404, "not_found")
            problem_of(client.post(f"{INBOX}{uuid7()}/read/"), 404, "not_found")


def test_marking_all_says_how_many(api, inbox):
    client = api("alice")
    client.post(f"{INBOX}{inbox[0].pk}/read/")

    two, none = client.post(READ_ALL), client.post(READ_ALL)

    assert two.json() == {"message": "2 notifications marked as read", "count": 2}
    assert none.json() == {"message": "0 notifications marked as read", "count": 0}
    assert messages(client.get(INBOX, {"is_read": "false"})) == []


def test_one_notification_is_named_in_the_singular(api, carol, inbox):
    response = api("carol").post(READ_ALL)

    assert response.json() == {"message": "1 notification marked as read", "count": 1}


def test_marking_all_leaves_the_inboxes_of_others_alone(api, inbox, carol):
    api("carol").post(READ_ALL)

    assert Notification.objects.filter(is_read=True).get().recipient == carol.user
    assert len(messages(api("alice").get(INBOX, {"is_read": "false"}))) == 3


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", "none"])
def test_is_read_is_true_or_false(api, inbox, value):
    assert faults_of(api("alice").get(INBOX, {"is_read": value})) == {
        ("is_read", "invalid")
    }


@pytest.mark.parametrize("path", [READ_ALL, "{one}"])
def test_marking_takes_no_words(api, inbox, path):
    client, url = api("alice"), path.format(one=f"{INBOX}{inbox[0].pk}/read/")

    with nothing_written():
        response = client.post(url, {"is_read": False}, format="json")

    assert faults_of(response) == {("is_read", "unknown_field")}


def test_the_inbox_comes_in_pages(api, alice):
    for n in range(7):
        NotificationFactory(recipient=alice.user, message=f"number {n}")
    client, read, url = api("alice"), [], f"{INBOX}?page_size=3&is_read=false"

    while url:
        response = client.get(url)
        read += messages(response)
        url = response.json()["next"]

    assert read == [f"number {n}" for n in reversed(range(7))]
