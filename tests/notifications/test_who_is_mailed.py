"""Who gets a mail besides a line in the inbox: who wants it, at a confirmed address."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from phr.accounts.models import Mail
from phr.notifications.inbox_limits import Line, News
from phr.notifications.models import Channel, Notification, NotificationType
from phr.notifications.notify import notify
from tests.factories import (
    NotificationPreferenceFactory,
    OutboxEventFactory,
    StaffFactory,
    UserFactory,
)

ASSIGN = "/api/auth/assign-doctor/"
LICENSE = Line(NotificationType.VERIFICATION, "A licence", "Somebody handed it in.")
RECORD = Line(NotificationType.NEW_RECORD, "New health record", "Somebody added it.")
SECURITY = Line(NotificationType.SECURITY, "News", "Of the account.")


def told(line, *users):
    """Who has a line, and who a mail, once all of them were told."""
    with transaction.atomic():
        notify(
            [News(OutboxEventFactory(kind="accounts.password_changed"), users, line)]
        )
    return (
        set(Notification.objects.values_list("recipient__username", flat=True)),
        set(Mail.objects.values_list("user__username", flat=True)),
    )


@pytest.fixture
def ada(db, confirm):
    user = UserFactory(username="ada", email="Ada@Example.org")
    confirm(user)
    return user


def test_a_notification_is_mailed_to_a_confirmed_address(ada):
    assert told(LICENSE, ada) == ({"ada"}, {"ada"})
    assert Mail.objects.get().address == "Ada@Example.org"
    assert Mail.objects.get().kind == "notifications.verification"


def test_a_mail_about_care_arrives(api, carol, dr_dan, confirm, mailbox, deliver):
    confirm(carol.user)

    api("dr_dan").post(ASSIGN, {"patient_id": str(carol.pk)})
    deliver()

    assert mailbox.recipients == [carol.user.email]
    assert mailbox.mails[0]["Subject"] == "A doctor may read your health records"


def test_an_address_that_is_not_confirmed_gets_none(ada):
    ada.emailaddress_set.update(verified=False)

    assert told(LICENSE, ada) == ({"ada"}, set())


def test_an_address_that_was_confirmed_before_the_present_one_gets_none(ada):
    ada.email = "new@example.org"
    ada.save()

    assert told(LICENSE, ada) == ({"ada"}, set())


def test_an_address_that_somebody_else_has_confirmed_gets_none(ada):
    other = UserFactory(username="eve", email=ada.email)

    assert told(LICENSE, other) == ({"eve"}, set())


def test_who_is_blocked_gets_mails_about_safety_only(ada):
    ada.is_active = False
    ada.save()

    assert told(LICENSE, ada) == ({"ada"}, set())
    assert told(SECURITY, ada) == ({"ada"}, {"ada"})


def test_new_records_are_not_mailed_unless_somebody_wants_it(ada, confirm):
    ben = UserFactory(username="ben")
    confirm(ben)
    NotificationPreferenceFactory(user=ben)

    assert told(RECORD, ada, ben) == ({"ada", "ben"}, {"ben"})


@pytest.mark.parametrize(
    ("channel", "expected"),
    [(Channel.EMAIL, ({"ada"}, set())), (Channel.IN_APP, (set(), {"ada"}))],
)
def test_what_is_switched_off_does_not_come(ada, channel, expected):
    NotificationPreferenceFactory(
        user=ada,
        notification_type=NotificationType.VERIFICATION,
        channel=channel,
        is_on=False,
    )
    NotificationPreferenceFactory(user=UserFactory(), is_on=False)  # another's wish

    assert told(LICENSE, ada) == expected


@pytest.mark.parametrize(
    ("notification_type", "channel"),
    [
        (NotificationType.SECURITY, Channel.EMAIL),
        (NotificationType.SECURITY, Channel.IN_APP),
        (NotificationType.EMERGENCY_ACCESS, Channel.IN_APP),
    ],
)
def test_the_database_keeps_safety_switched_on(ada, notification_type, channel):
    with (
        pytest.raises(IntegrityError, match="safety_is_not_switched_off"),
        transaction.atomic(),
    ):
        NotificationPreferenceFactory(
            user=ada,
            notification_type=notification_type,
            channel=channel,
            is_on=False,
        )


def test_telling_many_takes_as_many_queries_as_telling_one(ada, confirm):
    def queries(line, users):
        with (
            CaptureQueriesContext(
                connection,
            ) as captured,
            transaction.atomic(),
        ):
            notify([News(OutboxEventFactory(), users, line)])
        return len(captured)

    many = StaffFactory.create_batch(12)
    for user in many:
        confirm(user)

    assert queries(LICENSE, [ada]) == queries(LICENSE, many)
    assert Mail.objects.count() == 13
