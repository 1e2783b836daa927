"""What happens to accounts: who is told, and which links are mailed."""

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
from phr.accounts.models import LoginSession, User
from phr.core.events import subscribe
from phr.core.models import OutboxEvent
from phr.notifications.inbox_limits import Line
from phr.notifications.models import NotificationType
from phr.notifications.notify import notify
from phr.notifications.security_notices import SECURITY, SecurityEvent, SecurityNotice


def user_of(event: SecurityEvent) -> User | None:
    """Whose account it is about; None if it is nobody's, or gone by now."""
    match event:
        case SessionEvent():
            sessions = LoginSession.objects.select_related("user")
            session = sessions.filter(pk=event.session_id).first()
            return session.user if session else None
        case AccountEvent():
            return User.objects.filter(pk=event.user_id).first()


def notify_owner(event: SecurityEvent, row: OutboxEvent) -> None:
    user, notice = user_of(event), SECURITY[type(event)]
    if user is not None:
        line = Line(NotificationType.SECURITY, notice.title, notice.message)
        notify(row, [user], line)


subscribe(*SECURITY)(notify_owner)


def announce(event_type: type[AccountEvent], notice: SecurityNotice) -> None:
    """Have apps above this one tell of the safety of an account, as this one does."""
    SECURITY[event_type] = notice
    subscribe(event_type)(notify_owner)


@subscribe(AddressToConfirm)
def post_link_to_confirm(event: AddressToConfirm, row: OutboxEvent) -> None:
    user = user_of(event)
    if user is not None:
        mail_outbox.queue_mail(
            user=user, address=user.email, kind=VERIFY_EMAIL, event=row
        )


@subscribe(PasswordResetAsked)
def post_link_for_new_password(event: PasswordResetAsked, row: OutboxEvent) -> None:
    post_reset(event, row, RESET_PASSWORD)


@subscribe(PasswordLinkByStaff)
def post_link_by_staff(event: PasswordLinkByStaff, row: OutboxEvent) -> None:
    post_reset(event, row, RESET_BY_STAFF)


def post_reset(event: AccountEvent, row: OutboxEvent, kind: str) -> None:
    """To the address that the account has confirmed, whatever was typed."""
    user = user_of(event)
    if user is None:
        return  # nobody has the address that was given
    confirmed = addresses_for_reset().filter(user=user)
    for address in confirmed.values_list("email", flat=True):
        mail_outbox.queue_mail(user=user, address=address, kind=kind, event=row)
