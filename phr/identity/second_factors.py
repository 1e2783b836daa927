"""Second factors as they are kept: in allauth's table, used under a lock.

What is asked of a code here is more than allauth asks: it counts once, also of two
requests at once, and recovery codes are kept as hashes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.browser_sessions import weaken_browser_sessions
from phr.accounts.models import LoginSession, User
from phr.core.errors import Conflict, NotAllowed, NotFound
from phr.core.rate_limits import Limit
from phr.core.row_locks import lock_rows
from phr.identity.guess_limits import Guess, Guesses, present_place
from phr.identity.second_factor_rules import needs_second_factor

TOTP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
PASSKEY = Authenticator.Type.WEBAUTHN
WRONG_CODES = Guesses.at_most(30, timedelta(days=1), name="otp")
NEW_FACTORS_PER_ACCOUNT = Limit("factors-added", 50, timedelta(days=1))


class FactorNeeded(Conflict):
    code, title = "factor_needed", _("Your role requires a second factor")
    advice = _("Add another factor before you remove this one.")


class WrongCode(NotAllowed):
    code, title = "wrong_code", _("This code is not valid")
    advice = _("Wait for the next code in your app, or use a recovery code.")


def list_factors(user: User) -> list[Authenticator]:
    """All that somebody has, oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def has_factor(user: User) -> bool:
    """Whether a password alone does not sign this account in."""
    strong = Authenticator.objects.filter(user=user, type__in=(TOTP, PASSKEY))
    return bool(strong.exists())


def begin_code(user: User, at: datetime) -> Guess:
    """Count a code before it is tried.

    :raises TooMany: too many were wrong today.
    """
    guess = WRONG_CODES.count(str(user.pk), present_place(user.pk, at=at))
    guess.insist()
    return guess


@transaction.atomic
def use_factor(
    user: User, kind: str, use: Callable[[Authenticator], bool], at: datetime
) -> bool:
    """Use a code under a lock, so that of simultaneous uses one succeeds."""
    locked = lock_rows(Authenticator.objects.all())
    factor = locked.filter(user=user, type=kind).first()
    if factor is None or not use(factor):
        return False
    factor.last_used_at = at
    factor.save(update_fields=["data", "last_used_at"])
    return True


def remove_factor(user: User, *, kind: str, passkey_id: UUID | None = None) -> None:
    """Take the authenticator app, or one passkey, off an account, in a transaction.

    With the last of them the recovery codes go, too.

    :param passkey_id: which passkey.
    :raises NotFound: there is no such factor.
    :raises FactorNeeded: it is the last one, and the role needs one.
    """
    user = User.objects.lock(user.pk)
    strong = Authenticator.objects.filter(user=user, type__in=(TOTP, PASSKEY))
    named = {} if passkey_id is None else {"data__id": str(passkey_id)}
    factor = strong.filter(type=kind, **named).first()
    if factor is None:
        raise NotFound
    is_last = not strong.exclude(pk=factor.pk).exists()
    if is_last and needs_second_factor(user):
        raise FactorNeeded
    factor.delete()
    if is_last:
        remove_rest(user)


def remove_rest(user: User) -> None:
    """Without a factor there is nothing to recover, and no session is a strong one."""
    Authenticator.objects.filter(user=user).delete()
    LoginSession.objects.of(user).update(second_factor=False)
    weaken_browser_sessions(user)
