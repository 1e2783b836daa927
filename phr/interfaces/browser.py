"""Whose session of a browser a request comes with, for who shares out the threads."""

from functools import partial
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from phr.identity.browser_backend import having_read

# In the environ of WSGI: the user of a browser's session, or None if it has none.
SIGNED_IN_AS = "phr.signed_in_as"


class SignedIn(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        """Have Django find the person when asked, who may be read by then."""
        super().process_request(request)
        request.user = SimpleLazyObject(partial(person_of, request))  # type: ignore[assignment] # as Django does

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Report whose session it is to the caller, if requested."""
        answer: Any = super().__call__(request)
        user = getattr(request, "_cached_user", None)
        if user is not None:
            request.META[SIGNED_IN_AS] = user.pk
        return answer  # type: ignore[no-any-return] # Django's types allow for async


def person_of(request: HttpRequest) -> Any:
    """Whose session it is, as Django says it: nobody where the password is another."""
    with having_read(getattr(request.session, "person", None)):  # of our own store
        return get_user(request)
