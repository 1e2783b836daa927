"""How sure we are of who holds a login session: step-up, and second factors."""

from datetime import datetime, timedelta

from django.conf import settings

from phr.accounts.models import LoginSession, User, UserType
from phr.core.errors import NotAllowed

PROOF_COUNTS_FOR = timedelta(minutes=5)
GIVE_IT = "Give your password or a code, then ask again."


class StepUpRequired(NotAllowed):
    """The password or a code must be given again (ASVS 5.0, 7.5.3)."""

    code, title = "step_up_required", "Show again who you are"


class SecondFactorNeeded(NotAllowed):
    code, title = "second_factor_needed", "This needs a sign-in by two factors"


class MfaSetupRequired(NotAllowed):
    code, title = "mfa_setup_required", "Set up a second factor first"


def has_proof(session: LoginSession, *, at: datetime) -> bool:
    """Whether a password or a code was given within the last minutes.

    Signing in counts, refreshing tokens does not.
    """
    return is_recent(session.proved_at, at=at)


def is_recent(proved_at: datetime | None, *, at: datetime) -> bool:
    """Whether what was given then still counts; None if nothing was."""
    return proved_at is not None and proved_at >= at - PROOF_COUNTS_FOR


def insist_on_proof(session: LoginSession, *, at: datetime) -> None:
    """:raises StepUpRequired: there is no proof, or it is too old."""
    if not has_proof(session, at=at):
        raise StepUpRequired(GIVE_IT)


def needs_second_factor(user: User) -> bool:
    """Whether somebody of this role must sign in with more than a password."""
    match user.user_type:
        case UserType.ADMIN:
            return bool(settings.STAFF_MFA_REQUIRED)
        case UserType.DOCTOR:
            return bool(settings.DOCTOR_MFA_REQUIRED)
        case _:
            return False


def insist_on_second_factor(session: LoginSession) -> None:
    """Keep whoever must have a second factor from all but setting one up.

    :raises MfaSetupRequired: the session was begun with a password alone.
    """
    if needs_second_factor(session.user) and not session.second_factor:
        raise MfaSetupRequired("Your role needs a second factor: /api/auth/mfa/.")


def insist_on_strong_session(session: LoginSession) -> None:
    """See that the session was begun with a second factor, whatever the role needs.

    :raises SecondFactorNeeded: it was not.
    """
    if not session.second_factor:
        raise SecondFactorNeeded("Set up a second factor, and sign in with it.")
