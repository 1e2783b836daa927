"""Whoever is signed in reads in the language and time zone that they have chosen.

For who is not, the language is what `languages.py` finds, which forgets it as well, and
the time zone on pages that of the installation. Nothing outlives the request: threads
serve many people.
"""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from phr.accounts.language import Speaks, installation_zone, zone_of
from phr.accounts.models import User

Handler = Callable[[HttpRequest], HttpResponse]


def tell_local_times(get_response: Handler) -> Handler:
    """Tell times in the installation's time zone, until it is known who reads.

    The API tells them in UTC.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        timezone.activate(installation_zone())
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    return middleware


def speak_to_who_is_signed_in(get_response: Handler) -> Handler:
    """Answer in the language and time zone of whose session of a browser it is.

    The row of the user, which is read here, is asked for by each page anyway.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            user = request.user
            if isinstance(user, User):
                speak_as(user)
        return get_response(request)

    return middleware


def speak_as(user: Speaks) -> None:
    """Go on in somebody's language and time zone until the answer to a page is made."""
    speak_language_of(user)
    timezone.activate(zone_of(user))


def speak_language_of(user: Speaks) -> None:
    """Go on in somebody's language until the request ends."""
    if user.language:
        translation.activate(user.language)
