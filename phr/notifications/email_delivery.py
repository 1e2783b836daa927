"""Sending mails, each from an event of its own, until it has left or was refused."""

import smtplib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils import timezone

from phr.accounts import mailbox_limits
from phr.accounts.events import MailDue
from phr.accounts.metrics import MAILS
from phr.accounts.models import Mail
from phr.core.events import Delivery, subscribe
from phr.core.mail_addresses import domain_in_ascii, in_ascii
from phr.notifications.emails import Moot, compose

log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """The mail server does not take the mail now; the outbox tries again.

    It says which error that was and not in what words, which quote the address.
    """


class Refused(Exception):
    """The mail server will never take this mail."""


@subscribe(MailDue)
def send_mail_alone(deliveries: Sequence[Delivery[MailDue]]) -> None:
    """Send a mail and note that it has left, with the event's being delivered.

    Between the server's yes and our commit a worker may die: then it is sent again,
    with the same Message-ID, by which a mail store knows it.

    :raises ValueError: there are several, and one that fails would have the others
        sent again; nothing is sent before they are delivered one by one.
    :raises NotTaken: refused for now; OSError if the server is unavailable.
    """
    (delivery,) = deliveries
    delivery.put_off_until = send_due_mail(delivery.event.mail_id)


def send_due_mail(mail_id: UUID) -> datetime | None:
    """:returns: until when the mail waits if its mailbox has had enough for now.
    :raises NotTaken: refused for now; OSError if the server is unavailable.
    """
    mail = lock_waiting(mail_id)
    if mail is None:
        return None  # gone with its account, or another mail has said it
    later = mailbox_limits.has_room_at(mail.mailbox, mail.kind, now=timezone.now())
    if later is None:
        MAILS.labels(send_now(mail)).inc()
    elif mail.kind in mailbox_limits.LINKS:
        log.warning("mail_dropped", mail_id=str(mail.pk), kind=mail.kind)
        note(mail, dropped_at=timezone.now())
        MAILS.labels("dropped").inc()
    else:
        MAILS.labels("put_off").inc()
        return later
    return None


def lock_waiting(mail_id: UUID) -> Mail | None:
    """The mail, if it is still to leave; nobody else sends its kind there meanwhile."""
    mail = Mail.objects.filter(pk=mail_id).first()
    if mail is None:
        return None
    mailbox = mail.mailbox or mailbox_limits.mailbox_of(mail.address)  # or from before
    mailbox_limits.lock_mailbox(mailbox, mail.kind)
    waiting = Mail.objects.waiting().select_related("user").filter(pk=mail_id).first()
    if waiting is not None:
        waiting.mailbox = mailbox
    return waiting


def send_now(mail: Mail) -> str:
    """Send a mail for all that wait to say the same.

    :returns: what has become of it: sent, refused or moot.
    :raises NotTaken: refused for now; OSError if the server is unavailable.
    """
    alike = list(mailbox_limits.waiting_with(mail).values_list("pk", flat=True))
    try:
        send(message_of(mail, times=1 + len(alike)))
    except Moot:
        mail.delete()
        return "moot"
    except Refused:
        log.warning("mail_refused", mail_id=str(mail.pk), kind=mail.kind)
        note(mail, refused_at=timezone.now())
        return "refused"
    except (NotTaken, OSError):
        MAILS.labels("not_taken").inc()
        raise
    now = timezone.now()
    note(mail, sent_at=now)
    Mail.objects.filter(pk__in=alike).update(
        sent_at=now, joined_to=mail.pk, updated_at=now
    )
    return "sent"


def message_of(mail: Mail, times: int = 1) -> EmailMessage:
    """:raises Moot: the mail is no longer needed.
    :raises Refused: the address is not valid, or its domain not valid in IDNA 2008.
    """
    email = compose(mail, times)
    try:
        # Here and not in Django, to which `straße.example` is `strasse.example`.
        address = in_ascii(mail.address)
        validate_email(address)
    except (UnicodeError, ValidationError):
        raise Refused from None
    headers = {"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"}
    return EmailMessage(email.subject, email.body, to=[address], headers=headers)


def message_id(mail: Mail) -> str:
    """The same however often the mail is sent (RFC 5322, section 3.6.4)."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    place = f"[{host}]" if ":" in host else domain_in_ascii(host)
    return f"<{mail.pk}@{place}>"


def send(message: EmailMessage) -> None:
    """:raises Refused: for good.
    :raises NotTaken: refused for now; OSError if the server is unavailable.
    """
    try:
        message.send()
    except smtplib.SMTPException as error:
        kind = Refused if is_for_good(error) else NotTaken
        raise kind(type(error).__name__) from None
    except UnicodeError:
        raise Refused from None  # a domain that has no form in ASCII


def is_for_good(error: smtplib.SMTPException) -> bool:
    """Whether recipient or text were refused with 5xx (RFC 5321, section 4.2.1).

    Whatever is said about us, our sender's address or our password say, concerns all
    mails and not this one: it waits until that is mended.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _text in error.recipients.values()]
        case smtplib.SMTPDataError():
            codes = [error.smtp_code]
        case _:
            return False
    return all(code >= 500 for code in codes)


def note(mail: Mail, **when: Any) -> None:
    """Note what has become of a mail; of an account that is gone no address stays.

    It may have gone with its account meanwhile, and then nothing is noted.
    """
    gone = mail.user_id is None
    forgotten = {"address": "", "mailbox": ""} if gone else {"mailbox": mail.mailbox}
    Mail.objects.filter(pk=mail.pk).update(
        **when, **forgotten, updated_at=timezone.now()
    )
