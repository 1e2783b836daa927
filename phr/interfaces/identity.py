"""Changing one's own account, with the lines in the ledger, for every face."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from phr.accounts import addresses, factors, passwords
from phr.accounts.models import LoginSession, User
from phr.accounts.sessions import end_all_sessions
from phr.audit.actions import Action
from phr.core import events
from phr.interfaces.entering import enter, entered


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows once more: one of these."""

    password: str = ""
    otp: str = ""
    recovery_code: str = ""


def step_up(session: LoginSession, shown: Shown, *, at: datetime) -> None:
    """Note that whoever holds the session has shown again who they are.

    It raises what `show_again` raises.
    """
    show_again(session.user, shown, at=at)
    LoginSession.objects.filter(pk=session.pk).update(proved_at=at, updated_at=at)


def show_again(user: User, shown: Shown, *, at: datetime) -> None:
    """Check what somebody who is signed in shows once more.

    :raises WrongPassword, WrongCode: as they say.
    :raises TooMany: too many attempts have failed.
    """
    if shown.password:
        passwords.insist_on_password(user, shown.password, field="password", at=at)
    else:
        factors.use_code(user, otp=shown.otp, recovery_code=shown.recovery_code, at=at)


def change_password(
    session: LoginSession, *, current: str, password: str, at: datetime
) -> None:
    """As `passwords.change_password`, which says what it raises."""
    with entered(session.user, Action.PASSWORD_CHANGED):
        passwords.change_password(
            actor=session.user,
            session_id=session.pk,
            current=current,
            password=password,
            at=at,
        )


def reset_password(**values: Any) -> None:
    """As `passwords.reset_password`, which says what it takes and raises."""
    with transaction.atomic():
        enter(passwords.reset_password(**values), Action.PASSWORD_RESET)


def confirm_email(*, key: str) -> None:
    """As `addresses.confirm`, which says what it raises."""
    with transaction.atomic():
        enter(addresses.confirm(key=key), Action.EMAIL_CONFIRMED)


def end_everywhere(session: LoginSession, *, at: datetime) -> None:
    """Sign out everywhere, of this session too."""
    with entered(session.user, Action.ALL_SESSIONS_ENDED):
        end_all_sessions(user=session.user, at=at)
        events.emit("accounts.all_sessions_ended", user_id=session.user_id)


def confirm_totp(session: LoginSession, *, otp: str, at: datetime) -> list[str]:
    """As `factors.confirm_totp`; the session is a strong one from now on."""
    with entered(session.user, Action.TOTP_ADDED):
        codes = factors.confirm_totp(
            actor=session.user, holder=str(session.pk), otp=otp, at=at
        )
        strengthen(session, at=at)
    return codes


def strengthen(session: LoginSession, *, at: datetime) -> None:
    """Note that a second factor was shown in a session; weaker ones end.

    A session that was begun with a stolen password must not outlive the second factor.
    """
    LoginSession.objects.filter(pk=session.pk, revoked_at=None).update(
        second_factor=True, proved_at=at, updated_at=at
    )
    end_weak_sessions(session.user, at=at)


def end_weak_sessions(user: User, *, at: datetime) -> None:
    weak = LoginSession.objects.of(user).filter(revoked_at=None, second_factor=False)
    weak.update(revoked_at=at, updated_at=at)


def remove_totp(user: User) -> None:
    """As `factors.remove_factor`."""
    with entered(user, Action.TOTP_REMOVED):
        factors.remove_factor(actor=user, kind=factors.TOTP)


def remove_passkey(user: User, passkey_id: UUID) -> None:
    """As `factors.remove_factor`."""
    with entered(user, Action.PASSKEY_REMOVED):
        factors.remove_factor(actor=user, kind=factors.PASSKEY, passkey_id=passkey_id)


def make_recovery_codes(user: User, *, at: datetime) -> list[str]:
    """As `factors.make_recovery_codes`."""
    with entered(user, Action.RECOVERY_CODES_MADE):
        return factors.make_recovery_codes(actor=user, at=at)
