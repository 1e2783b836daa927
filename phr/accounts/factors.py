"""Second factors: authenticator apps (TOTP), and recovery codes for when they are lost.

allauth's table keeps them. What is asked of a code here is more than allauth asks: it
counts once, also of two requests at once, and recovery codes are kept as hashes.
"""

import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.db import IntegrityError, transaction

from phr.accounts.codes import hashed, plain_code
from phr.accounts.guesses import Guess, Guesses, present_place
from phr.accounts.models import LoginSession, User
from phr.accounts.proof import needs_second_factor
from phr.core import events, pending
from phr.core.counters import Limit
from phr.core.errors import Conflict, NotAllowed, NotFound
from phr.core.secrets import Unreadable, decrypt, encrypt

log = structlog.get_logger(__name__)

TOTP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
PASSKEY = Authenticator.Type.WEBAUTHN
STEP = 30  # seconds for which a code holds (RFC 6238, section 5.2)
DRIFT = 1  # steps by which a clock may be off
RECOVERY_CODES = 10
RECOVERY_CODE_BYTES = 20  # 160 bits: enough for a plain hash (ASVS 5.0, 6.5.2)
SETUP_LASTS = timedelta(minutes=10)
WRONG_CODES = Guesses.at_most(30, timedelta(days=1), name="otp")
NEW_FACTORS_PER_ACCOUNT = Limit("factors-added", 50, timedelta(days=1))
NEW_CODES_PER_ACCOUNT = Limit("recovery-codes", 10, timedelta(days=1))


class WrongCode(NotAllowed):
    code, title = "wrong_code", "This code does not count"
    advice = "Wait for the next code of the app, or use a recovery code."


class NothingBegun(Conflict):
    code, title = "setup_not_begun", "Begin the set-up first; it lasts ten minutes"


class TotpInUse(Conflict):
    code, title = "totp_in_use", "An authenticator app is set up already"
    advice = "Remove the other app first."


class NoSecondFactor(Conflict):
    code, title = "no_second_factor", "Set up an authenticator app or a passkey first"
    advice = "Set up an authenticator app, or add a passkey."


class FactorNeeded(Conflict):
    code, title = "factor_needed", "Your role needs a second factor"
    advice = "Add another factor before you remove this one."


def factors_of(user: User) -> list[Authenticator]:
    """All that somebody has, oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def has_factor(user: User) -> bool:
    """Whether a password alone does not sign this account in."""
    strong = Authenticator.objects.filter(user=user, type__in=(TOTP, PASSKEY))
    return bool(strong.exists())


def owner_of_secret(user: User) -> str:
    return f"totp:{user.pk}"


def begin_totp(*, actor: User, holder: str) -> str:
    """Make a secret for an authenticator app; it counts once a code of it is given.

    :param holder: the session that sets it up, in which it must be finished.
    :returns: the secret, in base 32.
    :raises TotpInUse: remove the other one first.
    """
    if Authenticator.objects.filter(user=actor, type=TOTP).exists():
        raise TotpInUse
    secret = str(generate_totp_secret())
    sealed = encrypt(secret, belongs_to=owner_of_secret(actor))
    pending.keep(f"totp:{actor.pk}:{holder}", sealed, lifetime=SETUP_LASTS)
    return secret


def begun_totp(*, actor: User, holder: str) -> str | None:
    """The secret that waits for a first code, if there is one."""
    sealed = pending.look(f"totp:{actor.pk}:{holder}")
    if sealed is None:
        return None
    return decrypt(sealed, belongs_to=owner_of_secret(actor))


def confirm_totp(*, actor: User, holder: str, otp: str, at: datetime) -> list[str]:
    """Switch an authenticator app on, by a first code of it.

    :returns: recovery codes, shown this once; none if the account has some.
    :raises NothingBegun: or too long ago, or in another session.
    :raises WrongCode: as it says.
    :raises TotpInUse: another request was first.
    :raises TooMany: too many codes were wrong, or factors added in a day.
    :raises RuntimeError: there is no transaction.
    """
    secret = begun_totp(actor=actor, holder=holder)
    if secret is None:
        raise NothingBegun
    guess = begin_code(actor, at)
    counted = counted_code(secret, otp, at)
    if counted is None:
        raise guess.is_wrong(WrongCode(field="otp"))
    guess.is_right()
    NEW_FACTORS_PER_ACCOUNT.take(str(actor.pk))
    sealed = encrypt(secret, belongs_to=owner_of_secret(actor))
    # A sign-in by a password alone, which locks it too, comes before or finds the app.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            data = {"secret": sealed, "counter": counted}
            Authenticator.objects.create(user=actor, type=TOTP, data=data)
    except IntegrityError:
        raise TotpInUse from None
    pending.take(f"totp:{actor.pk}:{holder}")
    events.emit("accounts.totp_added", user_id=actor.pk)
    return first_recovery_codes(actor, at)


def counted_code(secret: str, otp: str, at: datetime, after: int = -1) -> int | None:
    """Which step of time a code is of; None if of none that counts now.

    :param otp: as it was typed.
    :param after: the last step that was used: no code counts twice (RFC 6238, 5.2).
    """
    now, given = int(at.timestamp()) // STEP, plain_code(otp)
    for counter in range(max(now - DRIFT, after + 1), now + DRIFT + 1):
        expected = format_hotp_value(hotp_value(secret, counter))
        if secrets.compare_digest(expected.encode(), given.encode()):
            return counter
    return None


def first_recovery_codes(user: User, at: datetime) -> list[str]:
    if Authenticator.objects.filter(user=user, type=RECOVERY).exists():
        return []
    return new_recovery_codes(user, at)


def make_recovery_codes(*, actor: User, at: datetime) -> list[str]:
    """Make new recovery codes; the old ones do not count any more.

    :raises NoSecondFactor: there is nothing to recover.
    """
    if not has_factor(actor):
        raise NoSecondFactor
    NEW_CODES_PER_ACCOUNT.take(str(actor.pk))
    return new_recovery_codes(actor, at)


@transaction.atomic
def new_recovery_codes(user: User, at: datetime) -> list[str]:
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    kept = {"hashes": [hashed(code) for code in codes]}
    dated = {"created_at": at, "last_used_at": None}
    Authenticator.objects.update_or_create(
        user=user, type=RECOVERY, defaults={"data": kept, **dated}
    )
    events.emit("accounts.recovery_codes_made", user_id=user.pk)
    return codes


def new_recovery_code() -> str:
    """32 letters and digits in groups of four."""
    text = b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def use_otp(user: User, otp: str, at: datetime) -> bool:
    """Whether this is a code of the user's app that was not used yet; uses it."""

    def use(totp: Authenticator) -> bool:
        try:
            secret = decrypt(totp.data["secret"], belongs_to=owner_of_secret(user))
        except Unreadable:
            # Recovery codes still work; the operators must look for the key.
            log.exception("totp_secret_unreadable", account_id=str(user.pk))
            return False
        counted = counted_code(secret, otp, at, after=totp.data["counter"])
        if counted is not None:
            totp.data["counter"] = counted
        return counted is not None

    return use_factor(user, TOTP, use, at)


def use_recovery_code(user: User, code: str, at: datetime) -> bool:
    """Whether this is one of the user's recovery codes; uses it up, and tells them."""

    def use(codes: Authenticator) -> bool:
        left = [kept for kept in codes.data["hashes"] if kept != hashed(code)]
        used = len(left) < len(codes.data["hashes"])
        codes.data["hashes"] = left
        if used:
            events.emit("accounts.recovery_code_used", user_id=user.pk)
        return used

    return use_factor(user, RECOVERY, use, at)


@transaction.atomic
def use_factor(
    user: User, kind: str, use: Callable[[Authenticator], bool], at: datetime
) -> bool:
    """Use a code under a lock, so that of simultaneous uses one succeeds."""
    locked = Authenticator.objects.select_for_update(no_key=True)
    factor = locked.filter(user=user, type=kind).first()
    if factor is None or not use(factor):
        return False
    factor.last_used_at = at
    factor.save(update_fields=["data", "last_used_at"])
    return True


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


def begin_code(user: User, at: datetime) -> Guess:
    """Count a code before it is tried.

    :raises TooMany: too many were wrong today.
    """
    guess = WRONG_CODES.count(str(user.pk), present_place(user.pk, at=at))
    guess.insist()
    return guess


@transaction.atomic
def remove_factor(*, actor: User, kind: str, passkey_id: UUID | None = None) -> None:
    """Take the authenticator app, or one passkey, off the account.

    With the last of them the recovery codes go, too.

    :param passkey_id: which passkey.
    :raises NotFound: the actor has none such.
    :raises FactorNeeded: it is the last one, and the actor's role needs one.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
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
    removed = "totp_removed" if kind == TOTP else "passkey_removed"
    events.emit(f"accounts.{removed}", user_id=user.pk)


def remove_rest(user: User) -> None:
    """Without a factor there is nothing to recover, and no session is a strong one."""
    Authenticator.objects.filter(user=user).delete()
    LoginSession.objects.of(user).update(second_factor=False)


@transaction.atomic
def remove_all_factors(*, user: User) -> int:
    """Take all factors off an account whose owner has lost them, for the operators.

    :returns: how many there were.
    """
    gone = int(Authenticator.objects.filter(user=user).count())
    if gone:
        remove_rest(user)
        events.emit("accounts.factors_removed_by_staff", user_id=user.pk)
    return gone
