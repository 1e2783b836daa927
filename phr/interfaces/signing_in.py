"""Sign-in and sign-out with their lines in the ledger, for every face."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from phr.accounts import services as accounts
from phr.accounts.models import User, UserType
from phr.accounts.tokens import Tokens
from phr.audit import services as audit
from phr.audit.models import Basis, Outcome
from phr.audit.services import Access


def sign_in(*, username: str, password: str, at: datetime) -> tuple[User, Tokens]:
    """Check a password and begin a login session.

    :raises InvalidCredentials: unknown, blocked, or another password.
    :raises TooMany: too many failures for this account or this client's address.
    """
    try:
        user = accounts.authenticate(username=username, password=password)
    except accounts.InvalidCredentials as error:
        note_sign_in(error.account, Outcome.REFUSED)
        raise
    return user, begin_session(user=user, at=at)


@transaction.atomic
def begin_session(*, user: User, at: datetime) -> Tokens:
    """Begin a login session for somebody who has just proved who they are."""
    tokens = accounts.start_session(user=user, at=at)
    note_sign_in(user, Outcome.ALLOWED)
    return tokens


def note_sign_in(account: User | None, outcome: Outcome) -> None:
    """Enter a sign-in; a failed one too, for an unknown name without a person."""
    patient_id = patient_id_of(account)
    audit.note(
        account if outcome == Outcome.ALLOWED else None,
        "accounts.signed_in",
        Access(
            patient_id,
            "account",
            [account.pk] if account else [],
            basis=Basis.OWN if outcome == Outcome.ALLOWED else Basis.NONE,
            outcome=outcome,
        ),
    )


def patient_id_of(account: User | None) -> UUID | None:
    if account is None or account.user_type != UserType.PATIENT:
        return None
    patient = getattr(account, "patient_profile", None)
    return patient.pk if patient else None
