"""Whether somebody has shown lately who they are, and what asks for it (step-up)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from phr.accounts.presence import Presence
from phr.core.errors import NotAllowed

PROOF_COUNTS_FOR = timedelta(minutes=5)
GIVE_IT = _("Enter your password or a code, then retry the request.")


class StepUpRequired(NotAllowed):
    """The password or a code must be given again (ASVS 5.0, 7.5.3)."""

    code, title = "step_up_required", _("Confirm your identity again")


def has_proof(session: Presence, *, at: datetime) -> bool:
    """Whether a password or a code was given within the last minutes.

    Signing in counts, refreshing tokens does not.
    """
    return is_recent(session.proved_at, at=at)


def is_recent(proved_at: datetime | None, *, at: datetime) -> bool:
    """Whether what was given then still counts; None if nothing was."""
    return proved_at is not None and proved_at >= at - PROOF_COUNTS_FOR


def insist_on_proof(session: Presence, *, at: datetime) -> None:
    """:raises StepUpRequired: there is no proof, or it is too old."""
    if not has_proof(session, at=at):
        raise StepUpRequired(GIVE_IT)
