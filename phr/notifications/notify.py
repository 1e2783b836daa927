"""Telling people: lines in inboxes, and mails to those who want them."""

from collections.abc import Iterable

from phr.accounts import mail_outbox
from phr.accounts.addresses import confirmed_addresses_of, with_confirmed_address
from phr.accounts.language import speaking_to
from phr.accounts.models import User
from phr.core.models import OutboxEvent
from phr.notifications.emails import mail_kind_of
from phr.notifications.inbox_limits import Line, lines_for
from phr.notifications.models import Channel, Notification, NotificationType
from phr.notifications.preferences import is_on_by_default, stored_of


def notify(row: OutboxEvent, recipients: Iterable[User], line: Line) -> None:
    """Tell each of them in the ways that they want, once for the event.

    The number of queries is the same for any number of recipients.
    """
    people = list(recipients)
    if not people:
        return
    kind, stored = line.notification_type, stored_of(people, line.notification_type)

    def who_want(channel: Channel) -> list[User]:
        default = is_on_by_default(kind, channel)
        return [user for user in people if stored.get((user.pk, channel), default)]

    put_into_inboxes(row, who_want(Channel.IN_APP), line)
    send_mails(row, who_want(Channel.EMAIL), kind)


def put_into_inboxes(row: OutboxEvent, recipients: Iterable[User], line: Line) -> None:
    """Put the line in each inbox, unless this event has put one there before."""
    Notification.objects.bulk_create(
        [
            line_in_words(row, recipient, told)
            for recipient, told in lines_for(row, recipients, line)
        ],
        ignore_conflicts=True,
    )


def line_in_words(row: OutboxEvent, recipient: User, told: Line) -> Notification:
    """The line as it is kept: in the language that its reader has chosen by then."""
    with speaking_to(recipient):
        return Notification(
            event=row,
            recipient=recipient,
            notification_type=told.notification_type,
            title=str(told.title),
            message=str(told.message),
            about_patient=told.about,
        )


def send_mails(
    row: OutboxEvent, recipients: list[User], notification_type: NotificationType
) -> None:
    """Post mails to confirmed addresses; those about safety to blocked people, too.

    They go to each address that the account has confirmed: one that a thief has entered
    must not keep the owner from hearing of it.
    """
    if not recipients:
        return
    if notification_type == NotificationType.SECURITY:
        mail_outbox.queue_mail_to_each(
            confirmed_addresses_of(recipients), kind=row.kind, event=row
        )
        return
    active = with_confirmed_address(user for user in recipients if user.is_active)
    mail_outbox.queue_mail_to_each(
        [(user, user.email) for user in active],
        kind=mail_kind_of(notification_type),
        event=row,
    )
