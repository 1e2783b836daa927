"""The keys in links that are mailed: made when the mail leaves, and read again."""

from uuid import UUID

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib.auth.tokens import default_token_generator
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.core.errors import NotAllowed
from phr.core.mail_addresses import comparable
from phr.core.row_locks import lock_rows
from phr.core.signed_values import UNREADABLE


class InvalidLink(NotAllowed):
    code, title = "invalid_link", _("This link is not valid or has expired")
    advice = _("Request a new link. A link works once, within an hour.")


def confirmation_key(user: User, address: str) -> str:
    """The key of the link to confirm an address with, signed and good for an hour.

    :param address: one that the user has claimed.
    :raises EmailAddress.DoesNotExist: there is no such address, or it was removed.
    """
    claimed = EmailAddress.objects.get(user=user, email=comparable(address))
    return str(EmailConfirmationHMAC(claimed).key)


def read_confirmation_key(key: str) -> EmailAddress:
    """The claimed address that a link is for.

    :raises InvalidLink: forged or too old.
    """
    try:
        named = EmailConfirmationHMAC.from_key(key)
    except UNREADABLE as error:
        raise InvalidLink(field="key") from error
    if named is None:
        raise InvalidLink(field="key")
    return named.email_address


def reset_key(user: User) -> str:
    """The key of the link to set a new password with: signed, for an hour, once.

    It is spent by whatever changes password or address, and by a sign-in to the admin
    site (Django's token generator).
    """
    return f"{user.pk.hex}.{default_token_generator.make_token(user)}"


def find_by_reset_key(key: str, *, lock: bool = False) -> User:
    """:raises InvalidLink: forged, too old, or used."""
    user_id, _, token = key.partition(".")
    users = User.objects.filter(is_active=True)
    if lock:
        users = lock_rows(users)
    try:
        user = users.filter(pk=UUID(hex=user_id)).first()
    except ValueError:
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise InvalidLink(field="key")
    return user
