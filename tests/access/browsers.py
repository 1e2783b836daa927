"""Browsers with a session of the admin site, begun or confirmed some time ago."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from phr.accounts.models import User
from phr.interfaces.browser_session import note_proof

SIX_MINUTES = timedelta(minutes=6)
JUST_NOW = timedelta(0)


def browser_of(user: User, *, proof: timedelta = JUST_NOW) -> Client:
    """A browser in which somebody is signed in.

    :param proof: how long ago they gave a password or a code.
    """
    client = Client()
    client.force_login(user)
    session = client.session
    note_proof(session, at=timezone.now() - proof)
    session.save()
    return client
