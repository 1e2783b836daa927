"""What a browser's session remembers about its owner, in the portal and admin site."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from phr.accounts.browser_sessions import rename_browser_session
from phr.accounts.models import User
from phr.accounts.presence import SessionPresence, hashed_key
from phr.accounts.reauthentication import is_recent
from phr.audit.models import Outcome
from phr.care.registration import register
from phr.identity.browser_sign_in import start_browser_session
from phr.identity.password_change import change_password
from phr.identity.sign_in import note_sign_in as note_sign_in_of

# Whether a second factor was used.
SECOND_FACTOR = "second_factor"
# When a password or a code was given last, as text of ISO 8601.
PROVED_AT = "proved_at"


def begin_browser_session(
    request: HttpRequest, user: User, *, second_factor: bool, at: datetime
) -> None:
    """Sign somebody in who has just proved who they are.

    :param second_factor: whether by more than a password.
    :raises InvalidCredentials, MfaRequired, TooMany: as `start_browser_session` says.
    """

    def begin() -> str:
        # Whatever session there was ends, with all that was noted in it.
        request.session.flush()
        login(request, user)
        note_sign_in(request.session, second_factor=second_factor, at=at)
        # Used or not, it ends then: what is changed in it must not prolong it.
        request.session.set_expiry(at + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        request.session.save()
        return str(request.session.session_key)

    start_browser_session(user, begin, at=at, second_factor=second_factor)


@transaction.atomic
def sign_up_in_browser(request: HttpRequest, *, at: datetime, **values: Any) -> User:
    """Open an account and sign in to it, both or neither.

    :param values: as `register` takes them, which also says what it raises.
    """
    user = register(**values)
    note_sign_in_of(user, Outcome.ALLOWED)
    begin_browser_session(request, user, second_factor=False, at=at)
    return user


def presence_of(request: HttpRequest) -> SessionPresence:
    """The session of a request in which somebody is signed in, as services ask it."""
    assert isinstance(request.user, User)
    session = request.session
    proved_at = session.get(PROVED_AT)
    return SessionPresence(
        hashed_key(str(session.session_key)),
        request.user,
        datetime.fromisoformat(proved_at) if proved_at else None,
        bool(session.get(SECOND_FACTOR)),
    )


def change_password_here(
    request: HttpRequest, *, current: str, password: str, at: datetime
) -> None:
    """Give somebody another password; the session of the request alone goes on.

    It does so under another key, as whoever knows the old one may be who the change is
    against.

    :raises WrongPassword, WeakPassword, TooMany: as `change_password` says.
    """
    session = presence_of(request)
    change_password(session, current=current, password=password, at=at)
    session.user.refresh_from_db(fields=["password"])
    old = str(request.session.session_key)
    update_session_auth_hash(request, session.user)
    rename_browser_session(old=old, new=str(request.session.session_key))


def note_second_factor(request: HttpRequest, *, at: datetime) -> None:
    """Remember that a second factor was shown just now."""
    request.session[SECOND_FACTOR] = True
    note_proof(request.session, at=at)


def note_sign_in(session: SessionBase, *, second_factor: bool, at: datetime) -> None:
    """Remember how somebody has signed in."""
    session[SECOND_FACTOR] = second_factor
    note_proof(session, at=at)


def prove_again(request: HttpRequest, *, at: datetime) -> None:
    """Remember it of somebody who was signed in already.

    The session gets another key (ASVS 5.0, 7.2.4): a thief of its cookie must not have
    the minutes that the owner has just been given.
    """
    old = str(request.session.session_key)
    request.session.cycle_key()
    note_proof(request.session, at=at)
    rename_browser_session(old=old, new=str(request.session.session_key))


def note_proof(session: SessionBase, *, at: datetime) -> None:
    """Remember that somebody has shown just now who they are."""
    session[PROVED_AT] = at.isoformat()


def has_proof(session: SessionBase, *, at: datetime) -> bool:
    """As `phr.accounts.reauthentication.has_proof` says it of a session of the API."""
    proved_at = session.get(PROVED_AT)
    return is_recent(datetime.fromisoformat(proved_at) if proved_at else None, at=at)
