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
from phr.core.queues import OF_MAILS, Queue


def queue_mail(
    *,
    user: User | None,
    address: str,
    kind: str,
    event: OutboxEvent | None = None,
    about_id: UUID | None = None,
) -> None:
    """Have one mail sent; see `queue_mails`.

    :param user: whose account it is about; None if that is gone.
    :param address: where to, which need not be the account's any more.
    :param kind: which text.
    :param event: what caused it: one mail for each, however often it is delivered.
    :param about_id: what the text speaks of, for example an export.
    """
    queue_mails(
        [Mail(user=user, address=address, kind=kind, event=event, about_id=about_id)]
    )


def queue_mails(mails: Iterable[Mail]) -> None:
    """Have mails sent after commit, each by an event of its own, until it has left.

    What its event has sent to an address before is not sent there again. The number of
    statements is the same for any number of mails.

    :param mails: with what caused them, and not stored.
    :raises RuntimeError: there is no transaction that could hold both.
    """
    new = not_queued(mails)
    for mail in new:
        mail.mailbox = mailbox_of(mail.address)
    Mail.objects.bulk_create(new)
    for queue in sorted(OF_MAILS):
        due = [mail for mail in new if queue_of(mail.kind) == queue]
        events.emit_each(
            [MailDue(mail_id=mail.pk, by=causer_of(mail)) for mail in due],
            queue=queue,
            caused_by=[mail.event for mail in due],
        )


def not_queued(mails: Iterable[Mail]) -> list[Mail]:
    """Each mail that is to leave, once for its event, address and kind."""
    candidates = list(mails)
    causes = {mail.event_id for mail in candidates if mail.event_id}
    queued = Mail.objects.filter(event__in=causes)
    known = set(queued.values_list("event_id", "address", "kind"))
    new = {
        (mail.event_id or mail.pk, mail.address, mail.kind): mail for mail in candidates
    }
    return [mail for key, mail in new.items() if key not in known]


def causer_of(mail: Mail) -> UUID:
    """In whose turn a mail leaves."""
    if mail.event:
        return mail.event.owner_id
    return mail.user_id or NOBODY


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
