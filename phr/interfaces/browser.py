"""What only pages in a browser need: its session, messages, who it is signed in as.

The API is asked with tokens and knows no cookies. Its requests pass these by, which
also saves a tenth of a short answer.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

# In the environ of WSGI: the user of a browser's session, or None if it has none.
SIGNED_IN_AS = "phr.signed_in_as"


class NotForTheAPI:
    """Before a middleware of Django's: leaves it out for requests to the API."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            answer: HttpResponse = self.get_response(request)
            return answer
        return super().__call__(request)  # type: ignore[misc, no-any-return] # the one behind


class Session(NotForTheAPI, SessionMiddleware):
    pass


class SignedIn(NotForTheAPI, AuthenticationMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Report whose session it is to the caller, if requested."""
        answer = super().__call__(request)
        user = getattr(request, "_cached_user", None)
        if user is not None:
            request.META[SIGNED_IN_AS] = user.pk
        return answer


class Messages(NotForTheAPI, MessageMiddleware):
    pass
