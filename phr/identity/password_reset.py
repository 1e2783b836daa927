"""A new password by a link in a mail."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from phr.accounts.addresses import addresses_for_reset
from phr.accounts.events import PasswordReset, PasswordResetAsked
from phr.accounts.links import find_by_reset_key
from phr.accounts.models import User
from phr.accounts.passwords import check_new_password, set_password
from phr.accounts.sessions import end_all_sessions
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.mail_addresses import comparable
from phr.core.rate_limits import Limit

NOBODY = UUID(int=0)
RESETS_PER_CLIENT = Limit("reset:client", 30, timedelta(hours=1))
RESETS_PER_MAILBOX = Limit("reset:mailbox", 5, timedelta(hours=1))
LINKS_PER_CLIENT = Limit("reset:link", 30, timedelta(hours=1))


@transaction.atomic
def request_password_reset(*, email: str, client: str) -> None:
    """Have a link for a new password sent to an address that its owner has confirmed.

    For an address that is nobody's the same is done, so that neither answer nor time
    tell whether there is an account.

    :param client: who attempts are counted for.
    :raises TooMany: too many for this client or this mailbox.
    """
    RESETS_PER_CLIENT.take(client)
    address = comparable(email)
    RESETS_PER_MAILBOX.take(address)
    confirmed = addresses_for_reset().filter(email=address)
    user_id = confirmed.values_list("user_id", flat=True).first()
    events.emit(PasswordResetAsked(user_id=user_id or NOBODY))


def reset_password(*, key: str, password: str, at: datetime, client: str) -> User:
    """Set a new password by a link from a mail; all sessions of the account end.

    It signs nobody in: the next sign-in requires a second factor as usual.

    :param client: who attempts are counted for.
    :raises InvalidLink: forged, too old, or used.
    :raises WeakPassword: Django's validators refuse the password.
    :raises TooMany: too many links that were not valid.
    """
    LINKS_PER_CLIENT.take(client)
    check_new_password(password, find_by_reset_key(key))
    with transaction.atomic():
        user = find_by_reset_key(key, lock=True)  # once more: a link works once
        set_password(user, password)
        end_all_sessions(user=user, at=at)
        events.emit(PasswordReset(user_id=user.pk))
        note_account_change(user, Action.PASSWORD_RESET)
    LINKS_PER_CLIENT.give_back(client)
    return user
