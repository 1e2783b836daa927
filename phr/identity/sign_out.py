"""Signing out: of this session, of another one, or everywhere."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from phr.accounts.browser_sessions import browser_sessions, end_in_browser
from phr.accounts.events import AllSessionsEnded
from phr.accounts.models import User
from phr.accounts.presence import Presence
from phr.accounts.sessions import api_sessions, end_all_sessions
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.errors import NotFound


@transaction.atomic
def end_own_session(*, actor: User, session_id: UUID, at: datetime) -> None:
    """End one of the actor's own sessions, with effect on its next request.

    :raises NotFound: no such session, ended already, or not the actor's.
    """
    ended = (
        api_sessions(actor).filter(pk=session_id).update(revoked_at=at, updated_at=at)
    )
    ended += end_in_browser(browser_sessions(actor).filter(hashed=session_id))
    if not ended:
        raise NotFound
    note_account_change(actor, Action.SESSION_ENDED)


@transaction.atomic
def sign_out_everywhere(session: Presence, *, at: datetime) -> None:
    """Sign out everywhere, of this session too."""
    end_all_sessions(user=session.user, at=at)
    events.emit(AllSessionsEnded(user_id=session.user.pk))
    note_account_change(session.user, Action.ALL_SESSIONS_ENDED)
