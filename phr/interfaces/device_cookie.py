"""The cookie by which a device is known again whose account has signed in with it."""

from django.conf import settings
from django.http import HttpResponseBase

from phr.accounts.models import User
from phr.identity.known_devices import DEVICE_IS_KNOWN_FOR, new_device


def remember_device(response: HttpResponseBase, user: User) -> None:
    """Have a client that keeps cookies show at its next sign-in that it was here.

    It opens nothing: guesses that come with it count apart from those of strangers at
    the same address, and nothing else asks for it (ADR 50).
    """
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        new_device(user),
        max_age=DEVICE_IS_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
