"""Signing in with a browser, whose session is kept by a cookie.

What holds for sessions of the API holds for it. A sign-in that wants a code as well has
two halves: a page that asks for the code has, instead of the password, what says that
it was right.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.browser_sessions import (
    end_browser_sessions_beyond_most,
    note_browser_session,
)
from phr.accounts.events import BrowserSignedInFromNewPlace
from phr.accounts.models import User
from phr.accounts.sessions import is_new_place
from phr.audit.models import Outcome
from phr.core import events
from phr.core.errors import NotSignedIn
from phr.core.request_origin import current_origin
from phr.identity.sign_in import (
    SIGN_INS_PER_ACCOUNT,
    Credentials,
    InvalidCode,
    admit,
    count_sign_in,
    insist_on_code,
    note_sign_in,
)

HALF_LASTS = timedelta(minutes=5)
SIGNER = signing.TimestampSigner(salt="phr.identity.half_a_sign_in")


class HalfIsOver(NotSignedIn):
    code, title = "sign_in_again", _("That took too long, so please sign in again")
    advice = _("Enter your name and your password once more.")


def keep_half(account: User) -> str:
    """What says for some minutes that somebody knew the password; it opens nothing."""
    return SIGNER.sign(f"{account.pk.hex}.{print_of(account)}")


def print_of(account: User) -> str:
    """What changes with the password."""
    return sha256(f"{account.pk}{account.password}".encode()).hexdigest()[:32]


def finish_half(half: str, code: dict[str, str], *, at: datetime) -> User:
    """Take the code of a sign-in whose password was right.

    :param half: of `keep_half`.
    :param code: under the name of its kind.
    :raises HalfIsOver: too late, forged, or the password is another now.
    :raises InvalidCode: the code is wrong, or was used.
    :raises TooMany: as for a sign-in at once.
    """
    account = find_half(half)
    given = Credentials(account.username, "", **code)
    try:
        guess = count_sign_in(account, given, at)
        guess.insist()
        insist_on_code(account, given, at)
    except InvalidCode:
        note_sign_in(account, Outcome.REFUSED)
        raise
    guess.is_right()
    SIGN_INS_PER_ACCOUNT.take(str(account.pk))
    note_sign_in(account, Outcome.ALLOWED)
    return account


def find_half(half: str) -> User:
    """:raises HalfIsOver: as `finish_half` says."""
    try:
        value = SIGNER.unsign(half, max_age=HALF_LASTS)
    except signing.BadSignature:
        raise HalfIsOver from None
    owner, _, seen = value.partition(".")
    account = User.objects.filter(pk=UUID(hex=owner), is_active=True).first()
    if account is None or print_of(account) != seen:
        raise HalfIsOver
    return account


@transaction.atomic
def start_browser_session(
    user: User, begin: Callable[[], str], *, at: datetime, second_factor: bool
) -> None:
    """Begin a session in a browser for somebody who has proved who they are.

    A sign-in from an address not seen before is announced to the user. Of very many
    sessions, those that were used longest ago end.

    :param user: as they were when they proved it.
    :param begin: makes the session; gives its key.
    :param second_factor: whether by more than a password.
    :raises InvalidCredentials, MfaRequired, TooMany: as `start_session` says.
    """
    admit(user, second_factor=second_factor)
    from_new_place = is_new_place(user, current_origin.get().address)
    note_browser_session(user=user, key=begin(), second_factor=second_factor, at=at)
    end_browser_sessions_beyond_most(user)
    if from_new_place:
        events.emit(BrowserSignedInFromNewPlace(user_id=user.pk))
