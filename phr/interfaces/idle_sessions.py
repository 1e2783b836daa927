"""Sessions of browsers end when nobody uses them for some minutes.

What goes on by itself is no use: requests that a page makes on its own say so, by a
header or, from a page that reloads itself, in the address.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from phr.accounts.browser_sessions import (
    NOTED_EVERY,
    note_browser_session,
    note_use,
)
from phr.accounts.models import User
from phr.interfaces.browser_session import SECOND_FACTOR

Handler = Callable[[HttpRequest], HttpResponse]

BY_ITSELF = "HTTP_X_BACKGROUND"  # a header of requests that nobody has made
ENDED = "phr.session_has_ended"
WATCHING = "watching"  # the same in the address of a page that reloads itself


def end_idle_sessions(get_response: Handler) -> Handler:
    """Sign out who comes back too late; else note the use, at most each minute."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.session.session_key and SESSION_KEY in request.session:
            look_at_use(request, at=timezone.now())
        return get_response(request)

    return middleware


def look_at_use(request: HttpRequest, *, at: datetime) -> None:
    session, key = request.session, str(request.session.session_key)
    use = getattr(session, "use", None)  # of our own store
    if use is None:
        list_session(request, key, at)
    elif use.seen_at < at - settings.SESSION_IDLE - NOTED_EVERY:
        logout(request)
        request.META[ENDED] = True
    else:
        if use.second_factor != session.get(SECOND_FACTOR, False):
            session[SECOND_FACTOR] = use.second_factor
        if use.seen_at < at - NOTED_EVERY and not is_by_itself(request):
            note_use(key, at=at)


def list_session(request: HttpRequest, key: str, at: datetime) -> None:
    """List a session that was begun by other means than ours."""
    if isinstance(request.user, User):
        strong = bool(request.session.get(SECOND_FACTOR))
        note_browser_session(user=request.user, key=key, second_factor=strong, at=at)


def has_ended(request: HttpRequest) -> bool:
    """Whether somebody was signed in until nothing was done for too long."""
    return ENDED in request.META


def is_by_itself(request: HttpRequest) -> bool:
    """Whether a page has asked, and nobody who sits in front of it."""
    return BY_ITSELF in request.META or WATCHING in request.GET
