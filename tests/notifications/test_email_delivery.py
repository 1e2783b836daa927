"""Mails leave once, are tried again while that helps, and are given up when not."""

import smtplib
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from phr.accounts import mail_outbox
from phr.accounts.models import Mail
from phr.core import outbox
from phr.core.models import OutboxEvent
from phr.core.tasks import deliver_event
from phr.notifications.email_delivery import is_for_good
from phr.notifications.emails import ACCOUNT_ERASED
from tests.at_once import all_at_once
from tests.factories import OutboxEventFactory, UserFactory

KIND = "accounts.password_changed"
MAIL_DUE = "accounts.mail_due"


def post(user=None, address="alice@example.org", kind=KIND, **options):
    with transaction.atomic():
        mail_outbox.queue_mail(user=user, address=address, kind=kind, **options)
    return Mail.objects.get(address=address)


def try_to_send(posted):
    """As a worker does, and give the mail and its event as they are then."""
    event = OutboxEvent.objects.get(kind=MAIL_DUE, payload={"mail_id": str(posted.pk)})
    deliver_event(event_id=str(event.pk))
    event.refresh_from_db()
    return Mail.objects.get(pk=posted.pk), event


def test_a_mail_leaves_once(db, mailbox, deliver):
    posted = post(UserFactory())

    deliver()
    OutboxEvent.objects.update(delivered_at=None)
    deliver()

    assert mailbox.recipients == ["alice@example.org"]
    assert Mail.objects.get(pk=posted.pk).sent_at is not None
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_the_headers_are_those_of_a_program(db, mailbox, deliver):
    posted = post(UserFactory())

    deliver()

    (arrived,) = mailbox.mails
    assert arrived["Message-ID"] == f"<{posted.pk}@records.example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["From"] == "records@example.org"
    assert arrived["To"] == "alice@example.org"
    assert arrived.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "[::1]"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("https://straße.example", "xn--strae-oqa.example"),
    ],
)
def test_a_message_id_has_a_host_that_a_header_can_hold(
    db, mailbox, deliver, settings, url, host
):
    settings.PUBLIC_URL = url
    posted = post(UserFactory())

    deliver()

    assert mailbox.ids == [f"<{posted.pk}@{host}>"]


def test_mail_goes_to_the_domain_that_stands_there(db, mailbox, deliver):
    """To IDNA 2003, and so to Django, these two are the same."""
    post(UserFactory(), address="x@straße.example")
    post(UserFactory(username="other"), address="x@strasse.example")

    deliver()

    assert sorted(mailbox.recipients) == [
        "x@strasse.example",
        "x@xn--strae-oqa.example",
    ]
    assert {arrived["To"] for arrived in mailbox.mails} == set(mailbox.recipients)


def test_a_domain_that_is_none_any_more_is_refused_for_good(db, mailbox, deliver):
    posted = post(UserFactory(), address="x@☃.example")

    deliver()

    assert mailbox.recipients == []
    assert Mail.objects.get(pk=posted.pk).refused_at is not None


def test_what_a_worker_sends_again_is_the_same_mail(db, mailbox, deliver):
    """As when it dies after the server's yes and before it has noted that."""
    post(UserFactory())
    deliver()
    Mail.objects.update(sent_at=None)
    OutboxEvent.objects.update(delivered_at=None)

    deliver()

    assert len(mailbox.ids) == 2
    assert len(set(mailbox.ids)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail(mailbox):
    post(UserFactory())
    event = OutboxEvent.objects.get()

    delivered = all_at_once(
        [lambda: outbox.deliver([event.pk], now=timezone.now()) for _ in range(2)]
    )

    assert sorted(delivered) == [False, True]
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("to", ["to_recipient", "to_text"])
def test_what_is_refused_for_good_is_not_tried_again(db, mailbox, to):
    setattr(mailbox, to, lambda: "550 No such mailbox")

    posted, event = try_to_send(post(UserFactory()))

    assert posted.refused_at is not None
    assert (posted.sent_at, mailbox.mails) == (None, [])
    assert event.delivered_at is not None


@pytest.mark.parametrize("to", ["to_recipient", "to_text"])
def test_what_is_refused_for_now_is_tried_again(db, mailbox, to):
    answers = ["451 Later", "250 OK"]
    setattr(mailbox, to, lambda: answers.pop(0))
    posted = post(UserFactory())

    refused, event = try_to_send(posted)
    assert (refused.sent_at, refused.refused_at, event.delivered_at) == (None,) * 3
    assert event.last_error == "phr.notifications.email_delivery.NotTaken"
    sent, event = try_to_send(posted)

    assert sent.sent_at is not None
    assert (event.attempts, event.last_error) == (2, "")
    assert len(mailbox.mails) == 1


def test_a_mail_waits_for_a_server_that_is_away(db, mailbox, settings):
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    posted = post(UserFactory())

    waiting, event = try_to_send(posted)
    assert (waiting.sent_at, waiting.refused_at) == (None, None)
    assert event.last_error == "builtins.ConnectionRefusedError"
    settings.EMAIL_PORT = there

    assert try_to_send(posted)[0].sent_at is not None
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPSenderRefused(550, b"Not you", "records@example.org"),
        smtplib.SMTPAuthenticationError(535, b"Wrong password"),
        smtplib.SMTPConnectError(554, b"Go away"),
        smtplib.SMTPServerDisconnected("Gone"),
        smtplib.SMTPRecipientsRefused({"a": (550, b"No"), "b": (450, b"Busy")}),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_refused_because_of_us_is_not_given_up(error):
    assert not is_for_good(error)


@pytest.mark.parametrize(
    "address",
    [
        "alice@example.org\nBcc: eve@example.org",
        "alice@example.org\r\n\r\nSend money",
        "alice@example.org, eve@example.org",
        "Alice <alice@example.org>",
        "nobody",
        "",
        f"alice@{'ü' * 62}.example.org",
    ],
)
def test_what_is_no_address_gets_no_mail(db, mailbox, address):
    posted, event = try_to_send(post(UserFactory(), address))

    assert posted.refused_at is not None
    assert event.delivered_at is not None
    assert (mailbox.mails, mailbox.recipients) == ([], [])


@pytest.mark.parametrize(
    "name", ["Alice\r\nBcc: eve@example.org", "Alice\n\nSend money", "=?utf-8?q?x?="]
)
def test_a_name_gets_into_no_mail(db, mailbox, deliver, name):
    user = UserFactory(first_name=name, last_name=name)
    post(user)

    deliver()

    assert mailbox.recipients == ["alice@example.org"]
    assert "Bcc" not in mailbox.mails[0]
    for word in ("Send money", "eve@", "Alice\n", "utf-8?q"):
        assert word not in mailbox.mails[0].as_string()


def test_of_an_account_that_is_gone_no_address_stays(db, mailbox, deliver):
    receipt = UUID(int=7)
    posted = post(None, kind=ACCOUNT_ERASED, about_id=receipt)

    deliver()

    assert Mail.objects.get(pk=posted.pk).address == ""
    assert mailbox.recipients == ["alice@example.org"]
    link = f"https://records.example.org/account/receipts/{receipt}/"
    assert link in mailbox.mails[0].get_content()


def test_no_address_stays_where_the_last_mail_was_refused(db, mailbox):
    mailbox.to_recipient = lambda: "550 No such mailbox"

    posted, _ = try_to_send(post(None, kind=ACCOUNT_ERASED, about_id=UUID(int=7)))

    assert (posted.address, posted.refused_at is not None) == ("", True)


def test_a_mail_of_an_account_erased_meanwhile_does_not_leave(db, mailbox, deliver):
    user = UserFactory()
    post(user)
    user.delete()

    deliver()

    assert mailbox.mails == []
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_an_event_that_comes_twice_posts_one_mail(db):
    event, user = OutboxEventFactory(), UserFactory(email="alice@example.org")

    for _ in range(2):
        with transaction.atomic():
            mail_outbox.queue_mail(
                user=user, address=user.email, kind=KIND, event=event
            )

    assert Mail.objects.count() == 1
    assert OutboxEvent.objects.filter(kind=MAIL_DUE).count() == 1


def test_a_mail_of_an_unknown_kind_waits_for_somebody_to_look(db, mailbox):
    posted, event = try_to_send(post(UserFactory(), kind="tests.nothing"))

    assert (posted.sent_at, posted.refused_at) == (None, None)
    assert event.last_error == "builtins.KeyError"


def test_neither_logs_nor_errors_show_the_address(db, mailbox, caplog, capfd):
    for code in ("451", "550"):
        mailbox.to_recipient = lambda code=code: f"{code} <secret@example.org> no"
        try_to_send(post(UserFactory(), f"secret{code}@example.org"))

    shown = caplog.text + "".join(capfd.readouterr())
    assert "event_not_delivered" in shown
    assert "mail_refused" in shown
    assert "secret" not in shown
