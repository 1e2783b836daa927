"""Authenticator apps (TOTP): setting one up, using its codes."""

import secrets
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
from django.utils.translation import gettext_lazy as _

from phr.accounts.events import TotpAdded, TotpRemoved
from phr.accounts.models import User
from phr.accounts.presence import Presence
from phr.accounts.sessions import end_weak_sessions
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import ephemeral_store, events
from phr.core.encryption import Unreadable, decrypt, encrypt
from phr.core.errors import Conflict
from phr.core.row_locks import lock_rows
from phr.identity.recovery_codes import first_recovery_codes
from phr.identity.second_factor_rules import strengthen_session
from phr.identity.second_factors import (
    NEW_FACTORS_PER_ACCOUNT,
    TOTP,
    WrongCode,
    begin_code,
    remove_factor,
    use_factor,
)
from phr.identity.typed_codes import plain_code

log = structlog.get_logger(__name__)

STEP = 30  # seconds for which a code holds (RFC 6238, section 5.2)
DRIFT = 1  # steps by which a clock may be off
SETUP_LASTS = timedelta(minutes=10)


class NothingBegun(Conflict):
    code = "setup_not_begun"
    title = _("Start the setup first; it is valid for ten minutes")


class TotpInUse(Conflict):
    code, title = "totp_in_use", _("An authenticator app is already set up")
    advice = _("Remove the other app first.")


def owner_of_secret(user_id: UUID) -> str:
    return f"totp:{user_id}"


def secret_of(totp: Authenticator) -> str:
    """:raises Unreadable: no key of this installation reads it."""
    return decrypt(totp.data["secret"], belongs_to=owner_of_secret(totp.user_id))


def renew_secrets() -> int:
    """Encrypt every app's secret with the present key, so that earlier ones can go.

    One row a time, under its lock: codes can be used meanwhile. Safe to kill and to
    run twice.

    :returns: how many no key reads; they stay as they are.
    """
    unreadable = 0
    for pk in list(
        Authenticator.objects.filter(type=TOTP).values_list("pk", flat=True)
    ):
        with transaction.atomic():
            totp = lock_rows(Authenticator.objects.all()).filter(pk=pk).first()
            if totp is None:
                continue
            try:
                secret = secret_of(totp)
            except Unreadable:
                unreadable += 1
                continue
            owner = owner_of_secret(totp.user_id)
            totp.data["secret"] = encrypt(secret, belongs_to=owner)
            totp.save(update_fields=["data"])
    return unreadable


def begin_totp(*, actor: User, holder: str) -> str:
    """Make a secret for an authenticator app; it counts once a code of it is given.

    :param holder: the session that sets it up, in which it must be finished.
    :returns: the secret, in base 32.
    :raises TotpInUse: remove the other one first.
    """
    if Authenticator.objects.filter(user=actor, type=TOTP).exists():
        raise TotpInUse
    secret = str(generate_totp_secret())
    sealed = encrypt(secret, belongs_to=owner_of_secret(actor.pk))
    ephemeral_store.set(f"totp:{actor.pk}:{holder}", sealed, lifetime=SETUP_LASTS)
    return secret


def begun_totp(*, actor: User, holder: str) -> str | None:
    """The secret that waits for a first code, if there is one."""
    sealed = ephemeral_store.get(f"totp:{actor.pk}:{holder}")
    if sealed is None:
        return None
    return decrypt(sealed, belongs_to=owner_of_secret(actor.pk))


@transaction.atomic
def confirm_totp(
    *,
    actor: User,
    holder: str,
    otp: str,
    at: datetime,
    session: Presence | None = None,
) -> list[str]:
    """Switch an authenticator app on, by a first code of it; weaker sessions end.

    :param session: which is a strong one from now on.
    :returns: recovery codes, shown this once; none if the account has some.
    :raises NothingBegun: or too long ago, or in another session.
    :raises WrongCode: as it says.
    :raises TotpInUse: another request was first.
    :raises TooMany: too many codes were wrong, or factors added in a day.
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
    sealed = encrypt(secret, belongs_to=owner_of_secret(actor.pk))
    # A sign-in by a password alone, which locks it too, comes before or finds the app.
    User.objects.lock(actor.pk)
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            data = {"secret": sealed, "counter": counted}
            Authenticator.objects.create(user=actor, type=TOTP, data=data)
    except IntegrityError:
        raise TotpInUse from None
    ephemeral_store.pop(f"totp:{actor.pk}:{holder}")
    events.emit(TotpAdded(user_id=actor.pk))
    codes = first_recovery_codes(actor, at)
    if session is None:
        end_weak_sessions(user=actor, at=at)
    else:
        strengthen_session(session, at=at)
    note_account_change(actor, Action.TOTP_ADDED)
    return codes


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


def use_otp(user: User, otp: str, at: datetime) -> bool:
    """Whether this is a code of the user's app that was not used yet; uses it."""

    def use(totp: Authenticator) -> bool:
        try:
            secret = secret_of(totp)
        except Unreadable:
            # Recovery codes still work; the operators must look for the key.
            log.exception("totp_secret_unreadable", account_id=str(user.pk))
            return False
        counted = counted_code(secret, otp, at, after=totp.data["counter"])
        if counted is not None:
            totp.data["counter"] = counted
        return counted is not None

    return use_factor(user, TOTP, use, at)


@transaction.atomic
def remove_totp(*, actor: User) -> None:
    """Take the authenticator app off the actor's account.

    :raises NotFound: there is none.
    :raises FactorNeeded: it is the last factor, and the actor's role needs one.
    """
    remove_factor(actor, kind=TOTP)
    events.emit(TotpRemoved(user_id=actor.pk))
    note_account_change(actor, Action.TOTP_REMOVED)
