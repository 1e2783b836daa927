"""Limits on mails to one mailbox, however many people and accounts cause them.

What is counted are mails that have left, in the database, so that retries and any
number of workers agree. News beyond the bound waits, and comes as one mail with its
number; links beyond it are dropped, as they would be too old by then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from phr.accounts.models import Mail
from phr.core.mail_addresses import comparable, domain_in_ascii

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VERIFY_EMAIL = "accounts.verify_email"
RESET_PASSWORD = "accounts.reset_password"  # noqa: S105 - a kind of mail
RESET_BY_STAFF = "accounts.reset_password_by_staff"
EMERGENCY = "notifications.emergency_access"
ABOUT_CARE = "notifications."  # how the kinds of mails begin that are not about safety
LINKS = {VERIFY_EMAIL, RESET_PASSWORD, RESET_BY_STAFF}


@dataclass(frozen=True, slots=True)
class Bound:
    """At most so many mails of one kind to one mailbox."""

    an_hour: int
    a_day: int = 10


FOR_LINKS, FOR_SAFETY, FOR_CARE = Bound(5), Bound(3), Bound(1)


def bound_of(kind: str) -> Bound:
    if kind in LINKS:
        return FOR_LINKS
    return FOR_SAFETY if is_about_safety(kind) else FOR_CARE


def is_about_safety(kind: str) -> bool:
    return kind == EMERGENCY or not kind.startswith(ABOUT_CARE)


def mailbox_of(address: str) -> str:
    """The form under which all ways to write an address are counted together.

    Small letters, the domain as DNS has it, and no subaddress (RFC 5233, "+anything"):
    those are told apart where it matters whose an address is, by `comparable`. Dots and
    other rules of single providers are not guessed.
    """
    local, _, domain = comparable(address.rstrip(".")).rpartition("@")
    name, _, _ = local.partition("+")
    try:
        host = domain_in_ascii(domain)
    except UnicodeError:
        host = domain
    return f"{name or local}@{host}"


def lock_mailbox(mailbox: str, kind: str) -> None:
    """Let nobody else send this kind there until the transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"mailbox {kind} {mailbox}"],
        )


def has_room_at(mailbox: str, kind: str, *, now: datetime) -> datetime | None:
    """When the mailbox can get one more of this kind; None if it can now."""
    bound = bound_of(kind)
    sent = Mail.objects.filter(mailbox=mailbox, kind=kind, joined_to=None)
    since = sent.filter(sent_at__gt=now - DAY).order_by("-sent_at")
    newest = since.values_list("sent_at", flat=True)[: bound.a_day]
    times = [time for time in newest if time is not None]
    if len(times) == bound.a_day:
        return times[-1] + DAY
    in_an_hour = [time for time in times if time > now - HOUR]
    if len(in_an_hour) >= bound.an_hour:
        return in_an_hour[bound.an_hour - 1] + HOUR
    return None


def waiting_with(mail: Mail) -> QuerySet[Mail]:
    """The other mails that say the same to the same account at the same mailbox."""
    alike = Mail.objects.waiting().filter(
        mailbox=mail.mailbox, kind=mail.kind, user=mail.user_id, about_id=mail.about_id
    )
    return alike.exclude(pk=mail.pk)
