"""Telling people: lines in inboxes, and mails to those who want them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from phr.accounts import mail_outbox
from phr.accounts.addresses import confirmed_addresses_of, with_confirmed_address
from phr.accounts.language import speaking_to
from phr.accounts.models import Mail, User
from phr.core.events import Delivery, Event, by_listener, subscribe
from phr.notifications.emails import mail_kind_of
from phr.notifications.inbox_limits import Line, News, lines_for
from phr.notifications.models import Channel, Notification, NotificationType
from phr.notifications.preferences import Stored, is_on_by_default, stored_of

EventType = TypeVar("EventType", bound=Event)
# It gets events that are delivered together, and says who is told what of them; it
# writes nothing.
Teller = Callable[[Sequence[Delivery[EventType]]], Iterable[News]]

tellers: defaultdict[type[Event], list[Teller[Any]]] = defaultdict(list)


def tells(
    *event_types: type[EventType],
) -> Callable[[Teller[EventType]], Teller[EventType]]:
    """Have the decorated function say who is told what of events of these types."""

    def register(tell: Teller[EventType]) -> Teller[EventType]:
        for event_type in event_types:
            subscribe(event_type)(tell_of)
            tellers[event_type].append(tell)
        return tell

    return register


def tell_of(deliveries: Sequence[Delivery[Any]]) -> None:
    """Tell of events of any types.

    The one handler of all of which people are told: so a batch locks its inboxes once,
    and in one order.
    """
    heard = by_listener(deliveries, tellers)
    notify([news for tell, those in heard.items() for news in tell(those)])


def notify(news: Sequence[News]) -> None:
    """Tell people in the ways that they want, once for each event.

    The number of statements is the same for any number of events and recipients.
    """
    people = {user for each in news for user in each.recipients}
    if not people:
        return
    stored = stored_of(people)
    put_into_inboxes(wanted(news, Channel.IN_APP, stored))
    send_mails(wanted(news, Channel.EMAIL, stored))


def wanted(news: Iterable[News], channel: Channel, stored: Stored) -> list[News]:
    """The news, for those who want to be told in this way."""

    def who_want(each: News) -> list[User]:
        kind = each.line.notification_type
        default = is_on_by_default(kind, channel)
        return [
            user
            for user in each.recipients
            if stored.get((user.pk, kind, channel), default)
        ]

    return [replace(each, recipients=who_want(each)) for each in news]


def put_into_inboxes(news: Sequence[News]) -> None:
    """Put lines in inboxes, unless their events have put one there before."""
    lines = [in_words(*told) for told in lines_for(news)]
    # In the order in which inboxes are locked, as their accounts are by foreign keys.
    lines.sort(key=lambda line: line.recipient_id)
    Notification.objects.bulk_create(lines, ignore_conflicts=True)


def in_words(news: News, recipient: User, line: Line) -> Notification:
    """The line as it is kept: in the language that its reader has chosen by then."""
    with speaking_to(recipient):
        return Notification(
            event=news.row,
            recipient=recipient,
            notification_type=line.notification_type,
            title=str(line.title),
            message=str(line.message),
            about_patient=line.about,
        )


def send_mails(news: Sequence[News]) -> None:
    """Post mails to confirmed addresses; those about safety to blocked people, too."""
    of_safety = [each for each in news if is_of_safety(each)]
    others = [each for each in news if not is_of_safety(each)]
    mail_outbox.queue_mails([*mails_of_safety(of_safety), *mails_of_others(others)])


def is_of_safety(news: News) -> bool:
    return news.line.notification_type == NotificationType.SECURITY


def mails_of_safety(news: Sequence[News]) -> Iterator[Mail]:
    """To each address that the account has confirmed: one that a thief has entered must
    not keep the owner from hearing of it."""
    addresses: defaultdict[User, list[str]] = defaultdict(list)
    people = {user for each in news for user in each.recipients}
    for user, address in confirmed_addresses_of(people):
        addresses[user].append(address)
    for each in news:
        for user in each.recipients:
            for address in addresses[user]:
                yield Mail(
                    user=user, address=address, kind=each.row.kind, event=each.row
                )


def mails_of_others(news: Sequence[News]) -> Iterator[Mail]:
    people = {user for each in news for user in each.recipients if user.is_active}
    reached = set(with_confirmed_address(people))
    for each in news:
        kind = mail_kind_of(each.line.notification_type)
        for user in each.recipients:
            if user in reached:
                yield Mail(user=user, address=user.email, kind=kind, event=each.row)
