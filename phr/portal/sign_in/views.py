"""Signing in and out."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from phr.accounts.models import User
from phr.interfaces.browser_session import begin_browser_session
from phr.interfaces.device_cookie import remember_device
from phr.interfaces.way_back import way_back
from phr.portal.detours import send_again
from phr.portal.forms import PortalForm
from phr.portal.kept_forms import note_owner, unseal
from phr.portal.pages import portal_page
from phr.portal.sign_in.forms import CodeForm
from phr.portal.sign_in.passkey_form import PasskeyForm
from phr.portal.sign_in_form import SignInForm
from phr.portal.views import OpenPage

CODE = "portal/sign_in/code.html"
# What may have led here, by the word in the address.
NOTES = {
    "ended": _("You were signed out, as nothing was done here for a while."),
    "password": _(
        "Your password is set, and you are signed out everywhere. Sign in with it now."
    ),
    "confirmed": _("Your address is confirmed."),
    "everywhere": _("You are signed out everywhere."),
}


def on_the_way(request: HttpRequest) -> dict[str, str]:
    """What each page of a sign-in hands on to the next."""
    query = request.POST or request.GET
    return {"next": query.get("next", ""), "typed": request.POST.get("typed", "")}


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SignInStep(OpenPage):
    """One of the pages by which somebody signs in."""

    template = "portal/sign_in/sign_in.html"

    def form_page(self, form: PortalForm, **context: Any) -> HttpResponse:
        """The page, which knows where to go afterwards."""
        return super().form_page(form, **on_the_way(self.request), **context)

    def let_in(
        self, form: PortalForm, user: User, *, second_factor: bool
    ) -> HttpResponse:
        """Begin the session, unless something has changed meanwhile."""
        with form.showing_refusals():
            begin_browser_session(
                self.request, user, second_factor=second_factor, at=timezone.now()
            )
            note_owner(self.request, user)
            typed = unseal(self.request.POST.get("typed", ""), user)
            back = redirect(way_back(self.request))
            response = send_again(self.request, typed) if typed else back
            remember_device(response, user)
            return response
        return self.form_page(form)


class SignIn(SignInStep):
    """Who are you? Back to where somebody wanted to go, afterwards."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(way_back(request))
        return self.form_page(SignInForm(), note=NOTES.get(request.GET.get("note", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if form.is_valid() and form.half:
            context = {"form": CodeForm(initial={"half": form.half})}
            return portal_page(request, CODE, context | on_the_way(request))
        if not form.is_valid() or form.user is None:
            return self.form_page(form)
        return self.let_in(form, form.user, second_factor=False)


class SignInCode(SignInStep):
    """The second half, where a password alone does not sign in."""

    template = CODE

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:sign_in")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if not form.is_valid() or form.user is None:
            return self.form_page(form)
        return self.let_in(form, form.user, second_factor=True)


class SignInPasskey(SignInStep):
    """By a passkey alone: a script has asked the browser for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:sign_in")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasskeyForm(request.POST)
        if not form.is_valid() or form.user is None:
            context = {"form": SignInForm(), "passkey": form, **on_the_way(request)}
            return self.page(status=form.status, **context)
        return self.let_in(form, form.user, second_factor=True)


class Stay(OpenPage):
    """Be seen, so that a session goes on; a script asks while somebody types."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"signed_in": request.user.is_authenticated})


class SignOut(OpenPage):
    """Sign out here; the browser forgets whatever it kept of these pages."""

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        response = redirect("portal:home")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
