"""Putting mails into the outbox. What they say, and sending them, is above."""

from collections.abc import Iterable
from uuid import UUID

from phr.accounts.models import Mail, User
from phr.core import events
from phr.core.models import NOBODY, OutboxEvent
from phr.core.queues import Queue

MAIL_DUE = "accounts.mail_due"
ABOUT_CARE = "notifications."  # how the kinds of mails begin that are not about safety


def post(
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
    mail = Mail.objects.create(
        user=user, address=address, kind=kind, event=event, about_id=about_id
    )
    by = event.owner_id if event else user.pk if user else NOBODY
    queue = queue_of(kind)
    events.emit_each(MAIL_DUE, [{"mail_id": mail.pk}], by=by, queue=queue)


def post_to_each(*, users: Iterable[User], kind: str, event: OutboxEvent) -> None:
    """Have a mail sent to each account's own address, once for the event.

    The number of statements is the same for any number of accounts; one that has no
    address gets none.

    :raises RuntimeError: there is no transaction that could hold both.
    """
    posted = Mail.objects.filter(event=event, kind=kind)
    known = {"", *posted.values_list("address", flat=True)}
    new = {user.email: user for user in users if user.email not in known}
    mails = Mail.objects.bulk_create(
        Mail(user=user, address=address, kind=kind, event=event)
        for address, user in new.items()
    )
    due = [{"mail_id": mail.pk} for mail in mails]
    events.emit_each(MAIL_DUE, due, by=event.owner_id, queue=queue_of(kind))


def queue_of(kind: str) -> Queue:
    """Where a mail waits: what is about care behind what is about the account."""
    return Queue.MAIL if kind.startswith(ABOUT_CARE) else Queue.URGENT_MAIL
