"""Who must have a second factor, and which sessions have shown one."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from phr.accounts.browser_sessions import strengthen_browser_session
from phr.accounts.models import LoginSession, User, UserType
from phr.accounts.presence import Presence
from phr.accounts.sessions import end_weak_sessions
from phr.core.errors import NotAllowed


class SecondFactorNeeded(NotAllowed):
    code, title = "second_factor_needed", _("Sign in with two factors to do this")


class MfaSetupRequired(NotAllowed):
    code, title = "mfa_setup_required", _("Set up a second factor first")


def needs_second_factor(user: User) -> bool:
    """Whether somebody of this role must sign in with more than a password."""
    match user.user_type:
        case UserType.ADMIN:
            return bool(settings.STAFF_MFA_REQUIRED)
        case UserType.DOCTOR:
            return bool(settings.DOCTOR_MFA_REQUIRED)
        case _:
            return False


def insist_on_second_factor(session: Presence) -> None:
    """Let people who must have a second factor only set one up.

    :raises MfaSetupRequired: the session was begun with a password alone.
    """
    if needs_second_factor(session.user) and not session.second_factor:
        raise MfaSetupRequired(_("Your role requires a second factor: /api/auth/mfa/."))


def insist_on_strong_session(session: Presence) -> None:
    """See that the session was begun with a second factor, whatever the role needs.

    :raises SecondFactorNeeded: it was not.
    """
    if not session.second_factor:
        raise SecondFactorNeeded(_("Set up a second factor and sign in with it."))


def strengthen_session(session: Presence, *, at: datetime) -> None:
    """Note that a second factor was shown in a session; weaker ones end.

    A session that was begun with a stolen password must not outlive the second factor.
    """
    LoginSession.objects.filter(pk=session.pk, revoked_at=None).update(
        second_factor=True, proved_at=at, updated_at=at
    )
    strengthen_browser_session(session.user, session.pk)
    end_weak_sessions(user=session.user, at=at)
