"""The page of the admin site where staff set up the second factor that they need."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.accounts.presence import Presence
from phr.core.errors import DomainError
from phr.identity import second_factors, totp
from phr.identity.typed_codes import LONGEST_OTP
from phr.interfaces.admin_site.confirm_page import ask_to_confirm
from phr.interfaces.browser_session import (
    SECOND_FACTOR,
    has_proof,
    note_proof,
    presence_of,
)

PAGE = "admin/second_factor.html"


class FirstCodeForm(forms.Form):
    """A first code of a new authenticator app."""

    otp = forms.CharField(
        max_length=LONGEST_OTP,
        label=_("Code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, session: Presence, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session = session
        self.codes: list[str] = []

    def clean_otp(self) -> str:
        """Switch the app on; the recovery codes are in `codes` then.

        Other sessions that were begun with a password alone end.

        :raises ValidationError: it does not count, or the page was open for too long.
        """
        otp, now = str(self.cleaned_data["otp"]), timezone.now()
        try:
            self.codes = totp.confirm_totp(
                actor=self.session.user,
                holder=str(self.session.pk),
                otp=otp,
                session=self.session,
                at=now,
            )
        except DomainError as error:
            raise ValidationError(error.detail, error.code) from error
        return otp


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether somebody must show, or set up, a second factor before anything else.

    Also who has set one up elsewhere since: a session begun by a password alone must
    not outlive that.
    """
    if request.session.get(SECOND_FACTOR):
        return False
    assert isinstance(request.user, User)
    return bool(settings.STAFF_MFA_REQUIRED) or second_factors.has_factor(request.user)


def set_up_second_factor(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show a secret, take a first code of it, and show the recovery codes, once."""
    if request.session.get(SECOND_FACTOR):
        return redirect("admin:index")
    user = request.user
    assert isinstance(user, User)
    if second_factors.has_factor(user):
        # Signed in before it was set up, elsewhere: the sign-in page asks for a code.
        messages.info(request, gettext("Sign in with a code from your second factor."))
        logout(request)
        return redirect("admin:login")
    if not has_proof(request.session, at=timezone.now()):
        return ask_to_confirm(request)  # it would be a thief's, who stays by it
    session = presence_of(request)
    form = FirstCodeForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        request.session[SECOND_FACTOR] = True
        note_proof(request.session, at=timezone.now())
        context |= {"codes": form.codes}
    else:
        context |= {"form": form, **picture_of(request, user, str(session.pk))}
    return TemplateResponse(
        request, PAGE, {"title": gettext("Second factor"), **context}
    )


def picture_of(request: HttpRequest, user: User, holder: str) -> dict[str, Any]:
    """A secret as text and as a picture; the same one while a code is mistyped."""
    secret = None
    if request.method == "POST":
        secret = totp.begun_totp(actor=user, holder=holder)
    secret = secret or totp.begin_totp(actor=user, holder=holder)
    adapter = get_adapter()
    url = adapter.build_totp_url(user, secret)
    return {"secret": secret, "qr_svg": adapter.build_totp_svg(url)}
