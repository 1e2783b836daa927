"""Who must show a second factor before the admin site opens, and where they go."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from phr.accounts.models import User
from phr.identity.second_factors import has_factor
from phr.interfaces.browser_session import SECOND_FACTOR


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether somebody must show, or set up, a second factor before anything else.

    Also who has set one up elsewhere since: a session begun by a password alone must
    not outlive that.
    """
    if request.session.get(SECOND_FACTOR):
        return False
    assert isinstance(request.user, User)
    return bool(settings.STAFF_MFA_REQUIRED) or has_factor(request.user)


def ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    """Send somebody to where a second factor is set up, or shown if there is one."""
    assert isinstance(request.user, User)
    if not has_factor(request.user):
        return redirect("portal:second_factor")
    # Signed in before it was set up, elsewhere: the sign-in page asks for a code.
    messages.info(request, _("Sign in with a code from your second factor."))
    logout(request)
    return redirect("admin:login")
