"""Putting mails into the outbox. What they say, and sending them, is above."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from phr.accounts.events import MailDue
from phr.accounts.mailbox_limits import is_about_safety, mailbox_of
from phr.accounts.models import Mail, User
from phr.core import events
from phr.core.ids import first_id_of
from phr.core.models import NOBODY, OutboxEvent
from phr.core.queues import Queue


def queue_mail(
    *,
    user: User | None,
    address: str,
    kind: str,
    event: OutboxEvent | None = None,
    about_id: UUID | None = None,
) -> None:
    """Have a mail sent after commit, each by an event of its own, until it has left.

    :param user: whose account it is about; None if that is gone.
    :param address: where to, which need not be the account's any more.
    :param kind: which text.
    :param event: what caused it: one mail for each, however often it is delivered.
    :param about_id: what the text speaks of, for example an export.
    :raises RuntimeError: there is no transaction that could hold both.
    """
    if event and Mail.objects.filter(event=event, address=address, kind=kind).exists():
        return
    by = event.owner_id if event else user.pk if user else NOBODY
    store_mails(
        [Mail(user=user, address=address, kind=kind, event=event, about_id=about_id)],
        by,
    )


def queue_mail_to_each(
    to: Iterable[tuple[User, str]], *, kind: str, event: OutboxEvent
) -> None:
    """Have a mail sent to each of these addresses, once for the event.

    The number of statements is the same for any number of addresses; an empty one gets
    none.

    :raises RuntimeError: there is no transaction that could hold both.
    """
    posted = Mail.objects.filter(event=event, kind=kind)
    known = {"", *posted.values_list("address", flat=True)}
    new = {address: user for user, address in to if address not in known}
    mails = [
        Mail(user=user, address=address, kind=kind, event=event)
        for address, user in new.items()
    ]
    store_mails(mails, event.owner_id)


def store_mails(mails: list[Mail], by: UUID) -> None:
    """Store mails of one kind, each with the event that sends it."""
    for mail in mails:
        mail.mailbox = mailbox_of(mail.address)
    Mail.objects.bulk_create(mails)
    if mails:
        due = [MailDue(mail_id=mail.pk, by=by) for mail in mails]
        events.emit_each(due, queue=queue_of(mails[0].kind))


@transaction.atomic
def purge_settled(*, at: datetime, at_most: int) -> int:
    """Remove mails that left, or were given up, long enough ago.

    Those that still wait stay, however old they are.

    :returns: how many are gone.
    """
    before = at - settings.RETAIN_MAILS
    # It cannot have been settled before it was there; so this finds few, by their key.
    old = Mail.objects.settled_before(before).filter(pk__lt=first_id_of(before))
    locked = old.order_by("pk").select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:at_most])
    Mail.objects.filter(pk__in=ids).delete()
    return len(ids)


def queue_of(kind: str) -> Queue:
    """Where a mail waits: what is about care behind what is about safety."""
    return Queue.URGENT_MAIL if is_about_safety(kind) else Queue.MAIL


def drop_waiting(*, at: datetime) -> int:
    """Have no mail leave that waits, unless a person takes it up (`take_up`).

    :returns: how many are dropped.
    """
    return Mail.objects.waiting().update(dropped_at=at, updated_at=at)


def take_up(mail_ids: Iterable[UUID], *, at: datetime) -> None:
    """Have mails leave after all that were dropped; their events send them."""
    unsent = Mail.objects.filter(pk__in=mail_ids, sent_at=None, refused_at=None)
    unsent.update(dropped_at=None, updated_at=at)
