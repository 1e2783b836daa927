"""What one is told of is one's own choice, but for what is for safety."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from phr.audit.models import AccessEntry
from phr.notifications.models import (
    Channel,
    NotificationPreference,
    NotificationType,
)
from phr.notifications.preferences import (
    Preference,
    change_preferences,
    is_fixed,
    is_on_by_default,
)
from tests.at_once import all_at_once
from tests.conftest import user_of
from tests.problem_answers import faults_of
from tests.rows import nothing_written
from tests.waiting import started_and_waiting

PREFERENCES = "/api/notifications/preferences/"


def of(answer, notification_type):
    """The channels of one type, as answered."""
    (found,) = [
        each
        for each in answer.json()["preferences"]
        if each["notification_type"] == notification_type
    ]
    return found["in_app"], found["email"]


def change(client, *changes):
    return client.patch(PREFERENCES, {"preferences": list(changes)})


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_without_a_choice_everybody_is_told_by_default(request, api, who):
    request.getfixturevalue(who)

    shown = api(who).get(PREFERENCES).json()["preferences"]

    types = [each["notification_type"] for each in shown]
    assert types == NotificationType.values
    assert {each["in_app"] for each in shown} == {True}
    not_mailed = {each["notification_type"] for each in shown if not each["email"]}
    assert not_mailed == {"NEW_RECORD", "COMMENT_ADDED"}
    fixed = {each["notification_type"] for each in shown if each["is_fixed"]}
    assert fixed == {"SECURITY"}


def test_a_choice_is_kept_and_the_rest_stays(api, alice):
    client = api("alice")

    answer = change(
        client,
        {"notification_type": "NEW_RECORD", "email": True},
        {"notification_type": "COMMENT_ADDED", "in_app": False},
    )

    assert answer.status_code == 200
    assert of(answer, "NEW_RECORD") == (True, True)
    assert of(answer, "COMMENT_ADDED") == (False, False)
    assert of(answer, "CARE_REQUESTED") == (True, True)
    assert client.get(PREFERENCES).json() == answer.json()


def test_a_choice_is_ones_own(api, alice, carol):
    change(api("alice"), {"notification_type": "NEW_RECORD", "email": True})

    assert of(api("carol").get(PREFERENCES), "NEW_RECORD") == (True, False)


def test_only_what_differs_from_the_defaults_is_stored(api, alice):
    client = api("alice")

    change(client, {"notification_type": "NEW_RECORD", "in_app": True, "email": True})
    assert NotificationPreference.objects.count() == 1
    change(client, {"notification_type": "NEW_RECORD", "in_app": False})
    assert NotificationPreference.objects.count() == 2
    change(client, {"notification_type": "NEW_RECORD", "in_app": True, "email": False})

    assert not NotificationPreference.objects.exists()


@pytest.mark.parametrize("body", [{}, None])
def test_no_change_changes_nothing(api, alice, body):
    assert api("alice").patch(PREFERENCES, body).status_code == 200
    assert not NotificationPreference.objects.exists()


def test_a_change_is_entered_in_the_ledger(api, alice):
    change(api("alice"), {"notification_type": "NEW_RECORD", "email": True})

    line = AccessEntry.objects.get(action="notifications.preferences_changed")
    assert (line.actor_id, line.patient_id) == (alice.user_id, alice.pk)
    assert "NEW_RECORD" not in line.categories


@pytest.mark.parametrize(
    ("notification_type", "channel"),
    [("SECURITY", "email"), ("SECURITY", "in_app"), ("EMERGENCY_ACCESS", "in_app")],
)
@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_what_is_for_safety_cannot_be_switched_off(
    request, api, who, notification_type, channel
):
    request.getfixturevalue(who)
    client = api(who)

    with nothing_written():
        answer = change(
            client,
            {"notification_type": "NEW_RECORD", "email": True},
            {"notification_type": notification_type, channel: False},
        )

    field = f"preferences.1.{channel}"
    assert faults_of(answer) == {(field, "cannot_be_switched_off")}


def test_what_is_on_anyway_may_be_switched_on(api, alice):
    answer = change(
        api("alice"), {"notification_type": "SECURITY", "in_app": True, "email": True}
    )

    assert answer.status_code == 200
    assert not NotificationPreference.objects.exists()


def test_the_mail_of_an_emergency_can_be_switched_off(api, alice):
    answer = change(
        api("alice"), {"notification_type": "EMERGENCY_ACCESS", "email": False}
    )

    assert of(answer, "EMERGENCY_ACCESS") == (True, False)


GOOD = {"notification_type": "NEW_RECORD", "email": True}
ITEM = "preferences.0"
WRONG: list[Any] = [
    ([], {("preferences", "min_length")}),
    ([GOOD] * 10, {("preferences", "max_length")}),
    (None, {("preferences", "null")}),
    ("NEW_RECORD", {("preferences", "not_a_list")}),
    ({"0": GOOD}, {("preferences", "not_a_list")}),
    ([{}], {(f"{ITEM}.notification_type", "required")}),
    (["NEW_RECORD"], {(ITEM, "invalid")}),
    ([None], {(ITEM, "null")}),
    ([[GOOD]], {(ITEM, "invalid")}),
    ([{"email": True}], {(f"{ITEM}.notification_type", "required")}),
    ([{"notification_type": "NEW_RECORD"}], {(ITEM, "nothing_to_change")}),
    ([GOOD | {"sms": True}], {(f"{ITEM}.sms", "unknown_field")}),
    ([GOOD | {"is_fixed": True}], {(f"{ITEM}.is_fixed", "read_only")}),
    ([GOOD, GOOD], {("preferences.1.notification_type", "repeated")}),
    (
        [GOOD, {"notification_type": "NEW_RECORD", "in_app": False}],
        {("preferences.1.notification_type", "repeated")},
    ),
    *(
        (
            [GOOD | {"notification_type": kind}],
            {(f"{ITEM}.notification_type", code)},
        )
        for kind, code in (
            ("NEWS", "invalid_choice"),
            ("new_record", "invalid_choice"),
            ("", "invalid_choice"),
            (7, "invalid_choice"),
            (None, "null"),
        )
    ),
    *(
        ([GOOD | {channel: value}], {(f"{ITEM}.{channel}", code)})
        for channel in ("in_app", "email")
        for value, code in (
            ("true", "invalid"),
            (1, "invalid"),
            ([], "invalid"),
            (None, "null"),
        )
    ),
    (
        [GOOD, {"notification_type": "SECURITY", "email": 0}],
        {("preferences.1.email", "invalid")},
    ),
]


@pytest.mark.parametrize(("sent", "faults"), WRONG, ids=str)
def test_what_is_no_change_is_refused_and_named(api, alice, sent, faults):
    client = api("alice")

    with nothing_written():
        answer = client.patch(PREFERENCES, {"preferences": sent})

    assert faults_of(answer) == faults


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_there_is_no_other_way(api, alice, method):
    assert getattr(api("alice"), method)(PREFERENCES, {}).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_are_all_kept(api, alice):
    kinds = [each for each in NotificationType if not is_fixed(each, Channel.IN_APP)]
    clients = [api("alice") for _ in kinds]

    def switch(client, kind):
        return change(
            client,
            {"notification_type": kind, "in_app": False},
            {"notification_type": "SECURITY", "email": True},
        ).status_code

    pairs = zip(clients, kinds, strict=True)
    done = all_at_once([partial(switch, *pair) for pair in pairs])

    assert set(done) == {200}
    stored = NotificationPreference.objects.filter(user=user_of(alice), is_on=False)
    assert set(stored.values_list("notification_type", flat=True)) == set(kinds)


@pytest.mark.django_db(transaction=True)
def test_changes_come_one_after_the_other(alice):
    """Else two that name the same types in another order could deadlock."""

    def switch(kind):
        wanted = [Preference(kind, in_app=False)]
        change_preferences(actor=alice.user, wanted=wanted, proved=True)

    with transaction.atomic():
        switch(NotificationType.NEW_RECORD)
        second = started_and_waiting(lambda: switch(NotificationType.CARE_CHANGED))
    second.result()

    assert NotificationPreference.objects.filter(is_on=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_change_at_once_is_stored_once(api, alice):
    clients = [api("alice") for _ in range(4)]
    wish = {"notification_type": "NEW_RECORD", "email": True}

    done = all_at_once([partial(change, client, wish) for client in clients])

    assert [answer.status_code for answer in done] == [200] * 4
    assert NotificationPreference.objects.count() == 1


def test_what_is_fixed_is_on_by_default():
    for each in NotificationType:
        for channel in Channel:
            assert is_on_by_default(each, channel) or not is_fixed(each, channel)
