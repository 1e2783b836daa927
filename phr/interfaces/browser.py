"""Whose session of a browser a request comes with, for who shares out the threads."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse

# In the environ of WSGI: the user of a browser's session, or None if it has none.
SIGNED_IN_AS = "phr.signed_in_as"


class SignedIn(AuthenticationMiddleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Report whose session it is to the caller, if requested."""
        answer: Any = super().__call__(request)
        user = getattr(request, "_cached_user", None)
        if user is not None:
            request.META[SIGNED_IN_AS] = user.pk
        return answer  # type: ignore[no-any-return] # Django's types allow for async
