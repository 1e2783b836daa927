"""Recovery codes, for when phone and passkeys are lost."""

import secrets
from base64 import b32encode
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.events import RecoveryCodesMade, RecoveryCodeUsed
from phr.accounts.models import User
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.errors import Conflict
from phr.core.rate_limits import Limit
from phr.identity.second_factors import RECOVERY, has_factor, use_factor
from phr.identity.typed_codes import hashed

RECOVERY_CODES = 10
RECOVERY_CODE_BYTES = 20  # 160 bits: enough for a plain hash (ASVS 5.0, 6.5.2)
NEW_CODES_PER_ACCOUNT = Limit("recovery-codes", 10, timedelta(days=1))


class NoSecondFactor(Conflict):
    code, title = "no_second_factor", _("You have no second factor")
    advice = _("Set up an authenticator app or add a passkey first.")


@transaction.atomic
def make_recovery_codes(*, actor: User, at: datetime) -> list[str]:
    """Create new recovery codes; the old ones stop working.

    :raises NoSecondFactor: there is nothing to recover.
    """
    if not has_factor(actor):
        raise NoSecondFactor
    NEW_CODES_PER_ACCOUNT.take(str(actor.pk))
    codes = new_recovery_codes(actor, at)
    note_account_change(actor, Action.RECOVERY_CODES_MADE)
    return codes


def first_recovery_codes(user: User, at: datetime) -> list[str]:
    if Authenticator.objects.filter(user=user, type=RECOVERY).exists():
        return []
    return new_recovery_codes(user, at)


@transaction.atomic
def new_recovery_codes(user: User, at: datetime) -> list[str]:
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    kept = {"hashes": [hashed(code) for code in codes]}
    dated = {"created_at": at, "last_used_at": None}
    Authenticator.objects.update_or_create(
        user=user, type=RECOVERY, defaults={"data": kept, **dated}
    )
    events.emit(RecoveryCodesMade(user_id=user.pk))
    return codes


def new_recovery_code() -> str:
    """32 letters and digits in groups of four."""
    text = b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def use_recovery_code(user: User, code: str, at: datetime) -> bool:
    """Whether this is one of the user's recovery codes; uses it up, and tells them."""

    def use(codes: Authenticator) -> bool:
        left = [kept for kept in codes.data["hashes"] if kept != hashed(code)]
        used = len(left) < len(codes.data["hashes"])
        codes.data["hashes"] = left
        if used:
            events.emit(RecoveryCodeUsed(user_id=user.pk))
        return used

    return use_factor(user, RECOVERY, use, at)
