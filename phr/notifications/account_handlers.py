"""What happens to accounts: who is told, and which links are mailed."""

from phr.accounts import mail_outbox
from phr.accounts.addresses import addresses_for_reset
from phr.accounts.mailbox_limits import RESET_BY_STAFF, RESET_PASSWORD, VERIFY_EMAIL
from phr.accounts.models import LoginSession, User
from phr.core.events import subscribe
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.notifications.inbox_limits import Line
from phr.notifications.models import NotificationType
from phr.notifications.notify import notify
from phr.notifications.security_notices import SECURITY


def user_of(event: OutboxEvent) -> User | None:
    """Whose account it is about; None if it is nobody's, or gone by now."""
    if "session_id" in event.payload:
        sessions = LoginSession.objects.select_related("user")
        session = sessions.filter(pk=event.payload["session_id"]).first()
        return session.user if session else None
    return User.objects.filter(pk=event.payload["user_id"]).first()


def tell_of_security(event: OutboxEvent) -> None:
    user, news = user_of(event), SECURITY[event.kind]
    if user is not None:
        line = Line(NotificationType.SECURITY, news.title, news.message)
        notify(event, [user], line)


for kind in SECURITY:
    subscribe(kind, Queue.URGENT)(tell_of_security)


@subscribe("accounts.address_to_confirm", Queue.URGENT)
def post_link_to_confirm(event: OutboxEvent) -> None:
    user = user_of(event)
    if user is not None:
        mail_outbox.queue_mail(
            user=user, address=user.email, kind=VERIFY_EMAIL, event=event
        )


@subscribe("accounts.password_reset_asked", Queue.URGENT)
@subscribe("accounts.password_link_by_staff", Queue.URGENT)
def post_link_for_new_password(event: OutboxEvent) -> None:
    """To the address that the account has confirmed, whatever was typed."""
    user = user_of(event)
    if user is None:
        return  # nobody has the address that was given
    by_staff = event.kind == "accounts.password_link_by_staff"
    kind = RESET_BY_STAFF if by_staff else RESET_PASSWORD
    confirmed = addresses_for_reset().filter(user=user)
    for address in confirmed.values_list("email", flat=True):
        mail_outbox.queue_mail(user=user, address=address, kind=kind, event=event)
