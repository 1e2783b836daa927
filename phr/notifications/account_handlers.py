"""What happens to accounts: who is told, and which links are mailed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from phr.accounts import mail_outbox
from phr.accounts.addresses import addresses_for_reset
from phr.accounts.events import (
    AccountEvent,
    AddressToConfirm,
    PasswordLinkByStaff,
    PasswordResetAsked,
    SessionEvent,
)
from phr.accounts.mailbox_limits import RESET_BY_STAFF, RESET_PASSWORD, VERIFY_EMAIL
from phr.accounts.models import LoginSession, Mail, User
from phr.core.events import Delivery, subscribe
from phr.notifications.inbox_limits import Line, News
from phr.notifications.models import NotificationType
from phr.notifications.notify import tells
from phr.notifications.security_notices import SECURITY, SecurityEvent, SecurityNotice

About = TypeVar("About", bound=SecurityEvent)

RESETS: dict[type[AccountEvent], str] = {
    PasswordResetAsked: RESET_PASSWORD,
    PasswordLinkByStaff: RESET_BY_STAFF,
}


def with_users(
    deliveries: Sequence[Delivery[About]],
) -> list[tuple[Delivery[About], User]]:
    """Each event with whose account it is about; not if that is gone, or nobody's."""
    sessions = LoginSession.objects.filter(
        pk__in=[
            each.event.session_id
            for each in deliveries
            if isinstance(each.event, SessionEvent)
        ]
    )
    users_of = dict(sessions.values_list("pk", "user_id"))

    def user_id_of(event: SecurityEvent) -> UUID | None:
        if isinstance(event, SessionEvent):
            return users_of.get(event.session_id)
        return event.user_id

    about = [(each, user_id_of(each.event)) for each in deliveries]
    users = User.objects.in_bulk({user_id for _, user_id in about if user_id})
    return [(each, users[user_id]) for each, user_id in about if user_id in users]


def news_of_safety(deliveries: Sequence[Delivery[SecurityEvent]]) -> Iterator[News]:
    for each, user in with_users(deliveries):
        notice = SECURITY[type(each.event)]
        line = Line(NotificationType.SECURITY, notice.title, notice.message)
        yield News(each.row, [user], line)


tells(*SECURITY)(news_of_safety)


def announce(event_type: type[AccountEvent], notice: SecurityNotice) -> None:
    """Have apps above this one tell of the safety of an account, as this one does."""
    SECURITY[event_type] = notice
    tells(event_type)(news_of_safety)


@subscribe(AddressToConfirm)
def post_links_to_confirm(deliveries: Sequence[Delivery[AddressToConfirm]]) -> None:
    mail_outbox.queue_mails(
        Mail(user=user, address=user.email, kind=VERIFY_EMAIL, event=each.row)
        for each, user in with_users(deliveries)
    )


@subscribe(*RESETS)
def post_resets(deliveries: Sequence[Delivery[AccountEvent]]) -> None:
    """To the addresses that the account has confirmed, whatever was typed."""
    known = with_users(deliveries)
    addresses: defaultdict[User, list[str]] = defaultdict(list)
    confirmed = addresses_for_reset().filter(user__in=[user for _, user in known])
    for address in confirmed.select_related("user"):
        addresses[address.user].append(address.email)
    mail_outbox.queue_mails(
        Mail(user=user, address=address, kind=RESETS[type(each.event)], event=each.row)
        for each, user in known
        for address in addresses[user]
    )
