"""What one mailbox gets, whoever causes it: so many in an hour and a day, then one.

No sum of accounts, repetitions and workers fills somebody's mailbox.
"""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from phr.accounts import mail_outbox
from phr.accounts.addresses import claim_address
from phr.accounts.mailbox_limits import RESET_PASSWORD, VERIFY_EMAIL, mailbox_of
from phr.accounts.models import Mail
from phr.care.choices import RecordType
from phr.core import outbox, outbox_queue, tasks
from phr.core.models import OutboxEvent
from tests.accounts.bodies import patient_body
from tests.at_once import all_at_once
from tests.factories import MONDAY, UserFactory

SAFETY = "accounts.recovery_codes_made"
CARE = "notifications.care_changed"
VICTIM = "victim@example.org"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def post(times, kind=SAFETY, user=None, address=VICTIM):
    for _ in range(times):
        with transaction.atomic():
            mail_outbox.queue_mail(
                user=user or UserFactory(), address=address, kind=kind
            )


def deliver_due():
    """What is due now is delivered, as after the next replay."""
    due = OutboxEvent.objects.filter(
        delivered_at=None,
        next_attempt_at__lte=timezone.now() + outbox_queue.FIRST_RETRY,
    )
    for event_id in due.order_by("created_at").values_list("pk", flat=True):
        tasks.deliver_event(event_id=str(event_id))


@pytest.mark.parametrize(("kind", "an_hour"), [(SAFETY, 3), (CARE, 1)])
def test_the_first_news_leave_at_once_and_the_rest_as_one_mail_an_hour_later(
    db, mailbox, kind, an_hour
):
    user = UserFactory()
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(40):
            post(1, kind, user)
            deliver_due()
        assert len(mailbox.mails) == an_hour
        clock.shift(HOUR)
        deliver_due()

    assert len(mailbox.mails) == an_hour + 1
    said = " ".join(mailbox.mails[-1].get_content().split())
    assert f"This has happened {40 - an_hour} times." in said
    assert not Mail.objects.waiting().exists()
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_news_that_wait_together_leave_as_one_mail(db, mailbox):
    post(40, SAFETY, UserFactory())

    deliver_due()

    assert len(mailbox.mails) == 1
    assert "This has happened 40 times." in mailbox.mails[0].get_content()


@pytest.mark.parametrize("kind", [SAFETY, CARE])
def test_no_day_has_more_than_ten_of_a_kind_from_however_many_accounts(
    db, mailbox, kind
):
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(23):
            post(5, kind)
            deliver_due()
            clock.shift(HOUR)

    assert len(mailbox.mails) == 10


def test_kinds_do_not_wait_for_each_other(db, mailbox):
    user = UserFactory()
    for kind in (SAFETY, CARE, "accounts.password_changed"):
        post(9, kind, user)

    deliver_due()

    assert len(mailbox.mails) == 3


def test_mailboxes_do_not_wait_for_each_other(db, mailbox):
    post(9)
    post(1, address="other@example.org")

    deliver_due()

    assert Counter(mailbox.recipients) == {VICTIM: 3, "other@example.org": 1}


@pytest.mark.parametrize(
    "address",
    [
        "Victim@Example.ORG",
        "victim+1@example.org",
        "victim+another+2@example.org",
        "VICTIM@example.org",
    ],
)
def test_another_way_to_write_an_address_is_the_same_mailbox(db, mailbox, address):
    post(3)
    post(3, address=address)

    deliver_due()

    assert len(mailbox.mails) == 3


def test_a_mailbox_is_written_in_one_form():
    assert mailbox_of("Jo@Bücher.Example") == mailbox_of("jo@xn--bcher-kva.example.")
    assert mailbox_of("x+1@STRAẞE.example") == mailbox_of("x@xn--strae-oqa.example")
    assert mailbox_of("x@straße.example") != mailbox_of("x@strasse.example")
    assert mailbox_of("+tag@example.org") == "+tag@example.org"
    assert mailbox_of("j.o@example.org") != mailbox_of("jo@example.org")


def test_strangers_accounts_do_not_fill_a_mailbox_with_confirmations(
    client, db, mailbox
):
    with time_machine.travel(MONDAY, tick=False):
        for number in range(20):
            body = patient_body(
                username=f"stranger{number}",
                email=f"victim+{number}@example.org",
                language="en",
            )
            answer = client.post("/api/auth/register/", body, "application/json")
            assert answer.status_code == 201
        deliver_due()
        deliver_due()

    assert {arrived["Subject"] for arrived in mailbox.mails} == {
        "Confirm your e-mail address"
    }
    assert len(mailbox.mails) == 5


@pytest.mark.parametrize("kind", [VERIFY_EMAIL, RESET_PASSWORD])
def test_a_link_too_many_is_dropped_and_never_comes_late(db, mailbox, kind):
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(7):
            user = UserFactory(email=f"victim+{UserFactory().username}@example.org")
            with transaction.atomic():
                claimed = claim_address(user)
                claimed.verified = kind == RESET_PASSWORD
                claimed.save()
            if kind == RESET_PASSWORD:
                OutboxEvent.objects.all().delete()
                post(1, kind, user, user.email)
            deliver_due()
            deliver_due()
        clock.shift(2 * DAY)
        deliver_due()

    assert len(mailbox.mails) == 5
    assert Mail.objects.exclude(dropped_at=None).count() == 2
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_changing_a_grant_forty_times_is_one_mail(
    api, alice, dr_bob, bobs_grant, confirm, mailbox
):
    confirm(dr_bob.user)
    client = api("alice")

    for number in range(40):
        types = [RecordType.CHECKUP] if number % 2 else []
        body = {"record_types": types}
        answer = client.patch(f"/api/care/grants/{bobs_grant.pk}/", body, format="json")
        assert answer.status_code == 200
        deliver_due()
        deliver_due()

    assert mailbox.recipients == [dr_bob.user.email]


def test_staff_replay_does_not_send_what_has_to_wait(db, mailbox):
    post(9)
    deliver_due()

    outbox.make_due(OutboxEvent.objects.all(), now=timezone.now())
    deliver_due()

    assert len(mailbox.mails) == 3
    waiting = OutboxEvent.objects.filter(delivered_at=None)
    assert set(waiting.values_list("last_error", flat=True)) == {outbox.PUT_OFF}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_agree_on_what_a_mailbox_gets(mailbox):
    post(12)
    ids = OutboxEvent.objects.values_list("pk", flat=True)

    all_at_once([partial(tasks.deliver_event, event_id=str(each)) for each in ids])

    assert len(mailbox.mails) == 3
