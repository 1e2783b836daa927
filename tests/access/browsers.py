"""Browsers with a session of the admin site, begun or confirmed some time ago."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from phr.accounts.models import User
from phr.interfaces.browser_session import SECOND_FACTOR, note_sign_in
from phr.interfaces.session_store import SessionStore

SIX_MINUTES = timedelta(minutes=6)
JUST_NOW = timedelta(0)


def browser_of(
    user: User, *, proof: timedelta = JUST_NOW, second_factor: bool = False
) -> Client:
    """A browser in which somebody is signed in.

    The rows are those that signing in leaves behind, without what it asks before: that
    is the point of few tests, and costs more than most of the pages that follow.

    :param proof: how long ago they gave a password or a code.
    :param second_factor: whether they have shown more than a password.
    """
    now, key = timezone.now(), get_random_string(32).lower()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    note_sign_in(session, second_factor=second_factor, at=now - proof)
    Session.objects.create(
        session_key=key,
        session_data=session.encode(dict(session.items())),
        expire_date=session.get_expiry_date(),
    )
    UserSession.objects.create(
        user=user,
        session_key=key,
        ip="127.0.0.1",
        user_agent="",
        last_seen_at=now,
        data={SECOND_FACTOR: second_factor},
    )
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client
