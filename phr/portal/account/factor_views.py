"""The second step of signing in: an authenticator app and recovery codes."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.models import User, UserType
from phr.identity import recovery_codes, totp
from phr.identity.second_factor_rules import needs_second_factor
from phr.identity.second_factors import (
    PASSKEY,
    RECOVERY,
    TOTP,
    has_factor,
    list_factors,
)
from phr.identity.typed_codes import LONGEST_OTP
from phr.interfaces.browser_session import (
    SECOND_FACTOR,
    note_second_factor,
    presence_of,
)
from phr.interfaces.identity_fields import LineField
from phr.portal.detours import ask_to_sign_in
from phr.portal.forms import PortalForm
from phr.portal.views import PortalView, signed_in

LONGEST_NAME = 100  # characters, of a passkey


class FirstCodeForm(PortalForm):
    """A first code of a new authenticator app."""

    otp = forms.CharField(
        max_length=LONGEST_OTP,
        label=gettext_lazy("The code that the app shows"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )


class PasskeyNameForm(PortalForm):
    """A name to know a passkey by."""

    name = LineField(
        label=gettext_lazy("A name for it"),
        help_text=gettext_lazy("For example: my phone."),
        max_length=LONGEST_NAME,
    )


class FactorView(PortalView):
    """Where those get as well who must have a second factor, and have none yet."""

    open_without_second_factor = True

    def find_detour(self, request: HttpRequest) -> HttpResponse | None:
        """As `PortalView` does; but staff who have one and have not shown it sign in
        again, as before the admin site: it is not for them to give another."""
        user, is_strong = request.user, request.session.get(SECOND_FACTOR)
        is_staff = isinstance(user, User) and user.user_type == UserType.ADMIN
        if is_staff and not is_strong and has_factor(signed_in(request)):
            logout(request)
            return ask_to_sign_in(request)
        return super().find_detour(request)

    def codes_page(self, codes: list[str]) -> HttpResponse:
        """Show recovery codes, this once."""
        return self.page(codes=codes)


class SecondFactor(FactorView):
    """What there is, and how to get more."""

    template = "portal/account/second_factor.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        user = signed_in(request)
        return self.page(
            **factors_of(user),
            is_needed=needs_second_factor(user),
            form=PasskeyNameForm(),
        )


def factors_of(user: User) -> dict[str, Any]:
    """An account's factors, by kind."""
    every = list_factors(user)
    return {
        "app": next((each for each in every if each.type == TOTP), None),
        "codes_left": [
            len(each.data["hashes"]) for each in every if each.type == RECOVERY
        ],
        "passkeys": [each.data | named(each) for each in every if each.type == PASSKEY],
    }


def named(passkey: Any) -> dict[str, Any]:
    return {"created_at": passkey.created_at, "last_used_at": passkey.last_used_at}


class BeginApp(FactorView):
    """Show a secret for an app, as a picture and as text."""

    template = "portal/account/app.html"
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:second_factor")

    def post(self, request: HttpRequest) -> HttpResponse:
        user, holder = signed_in(request), str(presence_of(request).pk)
        secret = totp.begin_totp(actor=user, holder=holder)
        return self.form_page(FirstCodeForm(), **picture_of(user, secret))


def picture_of(user: User, secret: str) -> dict[str, Any]:
    adapter = get_adapter()
    url = adapter.build_totp_url(user, secret)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"secret": grouped, "url": url, "qr_svg": adapter.build_totp_svg(url)}


class ConfirmApp(FactorView):
    """Switch the app on by a first code of it; show recovery codes, once."""

    template = "portal/account/codes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:second_factor")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FirstCodeForm(request.POST)
        session = presence_of(request)
        if form.is_valid():
            with form.showing_refusals():
                codes = totp.confirm_totp(
                    actor=session.user,
                    holder=str(session.pk),
                    otp=form.cleaned_data["otp"],
                    at=timezone.now(),
                    session=session,
                )
                note_second_factor(request, at=timezone.now())
                return self.codes_page(codes)
        return self.show_again(form)

    def show_again(self, form: FirstCodeForm) -> HttpResponse:
        session = presence_of(self.request)
        holder = str(session.pk)
        secret = totp.begun_totp(actor=session.user, holder=holder)
        if secret is None:  # it took too long
            messages.warning(self.request, _("That took too long. Please start again."))
            return redirect("portal:second_factor")
        page = BeginApp(request=self.request)
        return page.form_page(form, **picture_of(session.user, secret))


class RemoveApp(FactorView):
    """Take the app off the account."""

    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:second_factor")

    def post(self, request: HttpRequest) -> HttpResponse:
        totp.remove_totp(actor=signed_in(request))
        messages.success(request, _("The app is removed."))
        return redirect("portal:second_factor")


class NewCodes(FactorView):
    """New recovery codes; the old ones stop working."""

    template = "portal/account/codes.html"
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:second_factor")

    def post(self, request: HttpRequest) -> HttpResponse:
        codes = recovery_codes.make_recovery_codes(
            actor=signed_in(request), at=timezone.now()
        )
        return self.codes_page(codes)
