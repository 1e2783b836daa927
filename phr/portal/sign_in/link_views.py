"""What mailed links are for: a confirmed address, a new password.

The key of a link stands behind the #, which browsers never send. A script puts it into
the form; without one, the link is pasted there.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from phr.core.request_origin import client_network
from phr.identity.email_confirmation import confirm_email, resend_confirmation
from phr.identity.password_reset import request_password_reset, reset_password
from phr.interfaces.browser_session import presence_of
from phr.portal.sign_in.forms import (
    ConfirmEmailForm,
    ForgotPasswordForm,
    NewPasswordForm,
)
from phr.portal.views import OpenPage, PortalView


class ForgotPassword(OpenPage):
    """Have a link sent; everybody gets the same answer."""

    template = "portal/sign_in/forgot_password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(ForgotPasswordForm(), is_sent="sent" in request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ForgotPasswordForm(request.POST)
        if form.is_valid():
            with form.showing_refusals():
                email = form.cleaned_data["email"]
                request_password_reset(email=email, client=client_network())
                return redirect(f"{request.path}?sent")
        return self.form_page(form)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ResetPassword(OpenPage):
    """Set a new password; all sessions end, and nobody is signed in."""

    template = "portal/sign_in/reset_password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(NewPasswordForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewPasswordForm(request.POST)
        if form.is_valid():
            with form.showing_refusals():
                reset_password(
                    key=form.cleaned_data["key"],
                    password=form.cleaned_data["password"],
                    at=timezone.now(),
                    client=client_network(),
                )
                return redirect(f"{reverse('portal:sign_in')}?note=password")
        return self.form_page(form)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ConfirmEmail(OpenPage):
    """Confirm an address, signed in or not."""

    template = "portal/sign_in/confirm_email.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(ConfirmEmailForm(), is_sent="sent" in request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConfirmEmailForm(request.POST)
        if form.is_valid():
            with form.showing_refusals():
                confirm_email(key=form.cleaned_data["key"])
                return self.page(is_confirmed=True)
        return self.form_page(form)


class SendConfirmation(PortalView):
    """Send the link to confirm one's address again."""

    needs_proof = False
    open_without_second_factor = True

    def post(self, request: HttpRequest) -> HttpResponse:
        resend_confirmation(presence_of(request), at=timezone.now())
        return redirect(f"{reverse('portal:confirm_email')}?sent")
