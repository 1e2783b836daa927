"""Where one is signed in, and signing out there."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.accounts.sessions import list_sessions
from phr.identity.sign_out import end_own_session, sign_out_everywhere
from phr.interfaces.browser_session import presence_of
from phr.portal.paging import read_list_page
from phr.portal.views import PortalView, signed_in


class Sessions(PortalView):
    """One's own sign-ins that count, the newest first."""

    template = "portal/account/sessions.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        fetch = partial(list_sessions, signed_in(request))
        sessions = read_list_page(request, fetch, "created_at")
        return self.page(sessions=sessions, present=presence_of(request).pk)


class EndSession(PortalView):
    """Sign out in one place."""

    needs_proof = True

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        actor = signed_in(request)
        end_own_session(actor=actor, session_id=session_id, at=timezone.now())
        messages.success(request, _("You are signed out there."))
        return redirect("portal:sessions")


class EndAll(PortalView):
    """Sign out everywhere, here too."""

    needs_proof = True

    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out_everywhere(presence_of(request), at=timezone.now())
        logout(request)
        response = redirect(f"{reverse('portal:sign_in')}?note=everywhere")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
