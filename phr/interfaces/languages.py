"""In which language a request is answered: whoever is signed in may have chosen one.

Here it is what the browser says, by the cookie of the switch at the foot of each page,
or by `Accept-Language`. Nobody's language outlives the request: threads serve many.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]

# What people read. All else is codes and data, which are the same in each language.
SPOKEN = ("text/html", "application/problem+json", "text/csv")


def speak_the_readers_language(get_response: Handler) -> Handler:
    """Answer in the language that is asked for, and say which one it is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        wanted = asked_for(request)
        if wanted is not None:
            # English, too: each text costs a page ten times as much where no language
            # is active, and is the same.
            translation.activate(wanted)
        try:
            response = get_response(request)
            if response.headers.get("Content-Type", "").startswith(SPOKEN):
                name_language(response)
        finally:
            translation.deactivate()
        return response

    return middleware


def asked_for(request: HttpRequest) -> str | None:
    """The language that a browser or program asks for; None for a program without one.

    The API is asked without cookies, and most programs name no language at all.
    """
    if request.path.startswith("/api/") and "HTTP_ACCEPT_LANGUAGE" not in request.META:
        return None
    return translation.get_language_from_request(request)


def name_language(response: HttpResponse) -> None:
    """Say which language a text is in, and that others would be asked for otherwise."""
    spoken = translation.get_language() or settings.LANGUAGE_CODE
    response.headers.setdefault("Content-Language", spoken)
    patch_vary_headers(response, ["Accept-Language"])
