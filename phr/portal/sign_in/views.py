"""Signing in and out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from phr.interfaces.browser_session import begin_browser_session
from phr.interfaces.device_cookie import remember_device
from phr.portal.detours import way_back
from phr.portal.sign_in.forms import SignInForm
from phr.portal.views import OpenPage


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SignIn(OpenPage):
    """Who are you? Back to where somebody wanted to go, afterwards."""

    template = "portal/sign_in/sign_in.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(way_back(request))
        return self.form_page(SignInForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST)
        if not form.is_valid() or form.user is None:
            return self.form_page(form)
        begin_browser_session(
            request,
            form.user,
            second_factor=form.second_factor,
            at=timezone.now(),
        )
        response = redirect(way_back(request))
        remember_device(response, form.user)
        return response


class SignOut(OpenPage):
    """Sign out here; the browser forgets whatever it kept of these pages."""

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        response = redirect("portal:home")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
