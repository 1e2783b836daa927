"""Sign-in and sign-out with their lines in the ledger, for every face."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from phr.accounts import services as accounts
from phr.accounts.models import User
from phr.accounts.tokens import Tokens
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Outcome
from phr.audit.services import Access
from phr.care.models import PatientProfile
from phr.care.registration import register

NOBODY = UUID(int=0)


def sign_in(proof: accounts.Proof, *, at: datetime) -> tuple[User, Tokens]:
    """Check who this is and begin a login session.

    :raises InvalidCredentials: unknown, blocked, another password or a wrong code.
    :raises MfaRequired: a code is needed as well.
    :raises TooMany: too many failures for this account or this client's address.
    """
    user, second_factor = identify(proof, at=at)
    return user, begin_session(user=user, at=at, second_factor=second_factor)


def identify(proof: accounts.Proof, *, at: datetime) -> tuple[User, bool]:
    """As `authenticate`, with the line in the ledger if it fails."""
    try:
        return accounts.authenticate(proof, at=at)
    except accounts.InvalidCredentials as error:
        note_sign_in(error.account, Outcome.REFUSED)
        raise


@transaction.atomic
def sign_up(*, at: datetime, **values: Any) -> tuple[User, Tokens]:
    """Open an account and sign in to it, both or neither.

    :param values: as `register` takes them, which also says what it raises.
    """
    user = register(**values)
    return user, begin_session(user=user, at=at)


@transaction.atomic
def begin_session(*, user: User, at: datetime, second_factor: bool = False) -> Tokens:
    """Begin a login session for somebody who has just proved who they are."""
    tokens = accounts.start_session(user=user, at=at, second_factor=second_factor)
    note_sign_in(user, Outcome.ALLOWED)
    return tokens


def note_sign_in(account: User | None, outcome: Outcome) -> None:
    """Enter a sign-in; a failed one too, for an unknown name without a person."""
    patient_id, account_id = patient_id_of(account), account.pk if account else None
    if outcome == Outcome.REFUSED or account is None:
        audit.note_denied_sign_in(account_id, Action.SIGNED_IN, patient_id=patient_id)
        return
    audit.note(account, Action.SIGNED_IN, Access(patient_id, "account", [account.pk]))


def patient_id_of(account: User | None) -> UUID | None:
    """Asked for an unknown name too, so that the time tells nothing."""
    user_id = account.pk if account else None
    patients = PatientProfile.objects.filter(user_id=user_id or NOBODY)
    return patients.values_list("pk", flat=True).first()
