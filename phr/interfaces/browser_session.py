"""What a browser's session remembers about its owner, in the portal and admin site."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from phr.accounts.models import User
from phr.accounts.reauthentication import is_recent

# Whether a second factor was used.
SECOND_FACTOR = "second_factor"
# When a password or a code was given last, as text of ISO 8601.
PROVED_AT = "proved_at"


def begin_browser_session(
    request: HttpRequest, user: User, *, second_factor: bool, at: datetime
) -> None:
    """Sign somebody in who has just proved who they are.

    The session is listed at once, not with its next request: what is not listed cannot
    be ended from elsewhere.

    :param second_factor: whether by more than a password.
    """
    # Whatever session there was ends, with all that was noted in it.
    request.session.flush()
    login(request, user)
    note_sign_in(request.session, second_factor=second_factor, at=at)
    UserSession.objects.create_from_request(request)


def note_sign_in(session: SessionBase, *, second_factor: bool, at: datetime) -> None:
    """Remember how somebody has signed in."""
    session[SECOND_FACTOR] = second_factor
    note_proof(session, at=at)


def prove_again(request: HttpRequest, *, at: datetime) -> None:
    """Remember it of somebody who was signed in already.

    The session gets another key (ASVS 5.0, 7.2.4): a thief of its cookie must not have
    the minutes that the owner has just been given.
    """
    request.session.cycle_key()
    note_proof(request.session, at=at)
    UserSession.objects.create_from_request(request)


def note_proof(session: SessionBase, *, at: datetime) -> None:
    """Remember that somebody has shown just now who they are."""
    session[PROVED_AT] = at.isoformat()


def has_proof(session: SessionBase, *, at: datetime) -> bool:
    """As `phr.accounts.reauthentication.has_proof` says it of a session of the API."""
    proved_at = session.get(PROVED_AT)
    return is_recent(datetime.fromisoformat(proved_at) if proved_at else None, at=at)
