"""What mails say: that something happened, and where to look.

They name nobody, not even who gets them, and quote nothing: mail passes through many
hands. Links begin with PUBLIC_URL, never with what a request calls this server.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from textwrap import fill

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.addresses import addresses_for_reset
from phr.accounts.language import speaking_to
from phr.accounts.links import confirmation_key, reset_key
from phr.accounts.mailbox_limits import (
    ABOUT_CARE,
    RESET_BY_STAFF,
    RESET_PASSWORD,
    VERIFY_EMAIL,
)
from phr.accounts.models import Mail
from phr.core.mail_addresses import comparable
from phr.core.public_url import public_url
from phr.notifications.models import NotificationType
from phr.notifications.security_notices import notice_of

ACCOUNT_ERASED = "erasure.account_erased"
NOBODY_ANSWERS = _("This is an automatic message. Please do not reply to it.")
COLUMNS = 72


class Moot(Exception):
    """The mail's content or link is no longer valid."""


@dataclass(frozen=True, slots=True)
class Email:
    subject: str
    body: str


# Subject and message for each type of notification that is mailed.
GENERIC = {
    NotificationType.PATIENT_ASSIGNED: (
        _("You have a new patient"),
        _("A patient is now in your care."),
    ),
    NotificationType.DOCTOR_ASSIGNED: (
        _("A doctor may read your health records"),
        _("A doctor may now read your health records."),
    ),
    NotificationType.CARE_REQUESTED: (
        _("A doctor asks for access"),
        _("A doctor asks to read your health records and is waiting for your answer."),
    ),
    NotificationType.CARE_CHANGED: (
        _("Access has changed"),
        _("Who can read which health records has changed."),
    ),
    NotificationType.NEW_RECORD: (
        _("There is a new health record"),
        _("A health record that you can read was added."),
    ),
    NotificationType.COMMENT_ADDED: (
        _("There is a new comment"),
        _("A comment on a health record that you can read was added."),
    ),
    NotificationType.EMERGENCY_ACCESS: (
        _("Emergency access"),
        _("Emergency access to health records was opened or reviewed."),
    ),
    NotificationType.VERIFICATION: (
        _("A licence"),
        _("There is news about a doctor's licence."),
    ),
}


def mail_kind_of(notification_type: NotificationType) -> str:
    return f"{ABOUT_CARE}{notification_type.lower()}"


TYPES = {mail_kind_of(each): each for each in GENERIC}


def compose(mail: Mail, times: int = 1) -> Email:
    """Write what a mail says at the moment when it leaves, in its reader's language.

    That is not known any more where the account is gone.

    :param times: how often it happened, for news that have waited for each other.
    :raises Moot: the mail is no longer needed.
    :raises KeyError: there is no text of this kind.
    """
    with speaking_to(mail.user) if mail.user else nullcontext():
        return compose_here(mail, times)


def compose_here(mail: Mail, times: int) -> Email:
    notice = notice_of(mail.kind)
    if notice:
        return email(notice.title, notice.message, *how_often(times), *where_to_look())
    if mail.kind in TYPES:
        subject, message = GENERIC[TYPES[mail.kind]]
        more = (*how_often(times), *where_to_look(), *what_is_mailed())
        return email(subject, message, *more)
    return OTHERS[mail.kind](mail)


def email(subject: str | Promise, *paragraphs: str | Promise) -> Email:
    """Put paragraphs together; one that is a link keeps its line to itself."""
    lines = [
        text if text.startswith(settings.PUBLIC_URL) else fill(text, COLUMNS)
        for text in map(str, (*paragraphs, NOBODY_ANSWERS))
    ]
    return Email(str(subject), "\n\n".join(lines) + "\n")


def how_often(times: int) -> tuple[str, ...]:
    if times == 1:
        return ()
    return (gettext("This has happened %(times)s times.") % {"times": times},)


def where_to_look() -> tuple[str, str]:
    return gettext("Sign in to see more:"), public_url("/")


def what_is_mailed() -> tuple[str, str]:
    where = public_url("/account/notices/")
    return gettext("You can choose which mails you get:"), where


def to_confirm_an_address(mail: Mail) -> Email:
    """Its key is in the fragment of the link, which browsers never send."""
    claimed = EmailAddress.objects.filter(
        user=mail.user, email=comparable(mail.address), verified=False
    )
    if mail.user is None or not claimed.exists():
        raise Moot
    key = confirmation_key(mail.user, mail.address)
    return email(
        gettext("Confirm your e-mail address"),
        gettext(
            "An account on this server has this e-mail address. If it is yours, open "
            "this link within an hour:"
        ),
        public_url(f"/account/confirm-email/#key={key}"),
        gettext(
            "If it is not yours, you do not need to do anything. The address stays "
            "unconfirmed."
        ),
    )


def to_set_a_password(mail: Mail) -> Email:
    """:raises Moot: the address is not, or no longer, confirmed for the account."""
    confirmed = addresses_for_reset().filter(
        user=mail.user, email=comparable(mail.address)
    )
    if mail.user is None or not mail.user.is_active or not confirmed.exists():
        raise Moot
    return email(
        gettext("Set a new password"),
        gettext(
            "Somebody asked for a new password for your account on this server. To set "
            "one, open this link within an hour. It works once:"
        ),
        public_url(f"/account/reset-password/#key={reset_key(mail.user)}"),
        gettext(
            "If it was not you, you do not need to do anything. Your password stays as "
            "it is."
        ),
    )


def of_an_erasure(mail: Mail) -> Email:
    return email(
        gettext("Your account was erased"),
        gettext(
            "Your account on this server was erased. This receipt lists what was "
            "erased and what has to be kept:"
        ),
        public_url(f"/account/receipts/{mail.about_id}/"),
    )


OTHERS: dict[str, Callable[[Mail], Email]] = {
    VERIFY_EMAIL: to_confirm_an_address,
    RESET_PASSWORD: to_set_a_password,
    RESET_BY_STAFF: to_set_a_password,
    ACCOUNT_ERASED: of_an_erasure,
}
