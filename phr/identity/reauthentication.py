"""Showing again who one is, for what outlives a token."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password

from phr.accounts.models import LoginSession, User
from phr.accounts.passwords import WrongPassword
from phr.accounts.presence import Presence
from phr.identity.guess_limits import Guesses, present_place
from phr.identity.second_factor_codes import use_code

PROOFS = Guesses.at_most(10, timedelta(minutes=15), name="proof")


def reauthenticate(session: Presence, *, at: datetime, **shown: str) -> None:
    """Record that the owner of a session has confirmed their identity again.

    :param shown: as `check_again` takes it, which says what it raises.
    """
    check_again(session.user, at=at, **shown)
    LoginSession.objects.filter(pk=session.pk).update(proved_at=at, updated_at=at)


def check_again(
    user: User,
    *,
    at: datetime,
    password: str = "",
    otp: str = "",
    recovery_code: str = "",
) -> None:
    """Check the password or code that a signed-in person has entered again.

    :raises WrongPassword, WrongCode: as they say.
    :raises TooMany: too many attempts have failed.
    """
    if password:
        insist_on_password(user, password, field="password", at=at)
    else:
        use_code(user, otp=otp, recovery_code=recovery_code, at=at)


def insist_on_password(user: User, password: str, *, field: str, at: datetime) -> None:
    """See that somebody who is signed in knows the password as well.

    :param field: the input that holds it.
    :raises WrongPassword: they do not.
    :raises TooMany: they have tried too often.
    """
    guess = PROOFS.count(str(user.pk), present_place(user.pk, at=at))
    guess.insist()
    if not check_password(password, user.password):
        raise guess.is_wrong(WrongPassword(field=field))
    guess.is_right()
