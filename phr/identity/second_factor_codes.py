"""Checking a code, of an authenticator app or one that was kept."""

from datetime import datetime

from phr.accounts.models import User
from phr.identity.recovery_codes import use_recovery_code
from phr.identity.second_factors import WrongCode, begin_code
from phr.identity.totp import use_otp


def use_code(user: User, *, otp: str, recovery_code: str, at: datetime) -> None:
    """Use up the one of the two that is given.

    :raises WrongCode: it does not count, or was used.
    :raises TooMany: too many codes were wrong today.
    """
    guess = begin_code(user, at)
    if otp and not use_otp(user, otp, at):
        raise guess.is_wrong(WrongCode(field="otp"))
    if not otp and not use_recovery_code(user, recovery_code, at):
        raise guess.is_wrong(WrongCode(field="recovery_code"))
    guess.is_right()
