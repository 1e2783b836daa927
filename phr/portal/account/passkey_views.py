"""Passkeys: adding, naming and removing them."""

import json
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.identity import passkeys
from phr.interfaces.browser_session import note_second_factor, presence_of
from phr.interfaces.credential_field import LONGEST_CHALLENGE, CredentialField
from phr.portal.account.factor_views import FactorView, PasskeyNameForm, factors_of
from phr.portal.views import signed_in


class NewPasskeyForm(PasskeyNameForm):
    """What a browser has answered, filled in by a script."""

    challenge = forms.CharField(max_length=LONGEST_CHALLENGE, widget=forms.HiddenInput)
    credential = CredentialField()


class BeginPasskey(FactorView):
    """Ask the browser for a new passkey; that takes a script."""

    template = "portal/account/passkey_begin.html"
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:second_factor")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasskeyNameForm(request.POST)
        if not form.is_valid():
            return self.form_page(form)
        challenge, options = passkeys.begin_adding_passkey(presence_of(request))
        return self.page(
            name=form.cleaned_data["name"],
            challenge=challenge,
            options=json.dumps(options["publicKey"]),
        )


class AddPasskey(FactorView):
    """Keep it, and show recovery codes, once, if it is the first factor."""

    template = "portal/account/codes.html"
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("portal:second_factor")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewPasskeyForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The passkey did not answer. Please try again."))
            return redirect("portal:second_factor")
        now = timezone.now()
        _passkey, codes = passkeys.add_passkey(
            presence_of(request), **form.cleaned_data, at=now
        )
        note_second_factor(request, at=now)
        if codes:
            return self.codes_page(codes)
        messages.success(request, _("The passkey is added."))
        return redirect("portal:second_factor")


class Passkey(FactorView):
    """One passkey, and another name for it."""

    template = "portal/account/passkey.html"

    def get(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        name = self.name_of(passkey_id)
        form = PasskeyNameForm(initial={"name": name})
        return self.form_page(form, name=name, passkey_id=passkey_id)

    def post(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        form = PasskeyNameForm(request.POST)
        if not form.is_valid():
            name = self.name_of(passkey_id)
            return self.form_page(form, name=name, passkey_id=passkey_id)
        passkeys.rename_passkey(signed_in(request), passkey_id, **form.cleaned_data)
        messages.success(request, _("The passkey has its new name."))
        return redirect("portal:second_factor")

    def name_of(self, passkey_id: UUID) -> str:
        """:raises Http404: one has no such passkey."""
        for each in factors_of(signed_in(self.request))["passkeys"]:
            if each["id"] == str(passkey_id):
                return str(each["name"])
        raise Http404


class RemovePasskey(FactorView):
    """Take one passkey off the account."""

    needs_proof = True

    def post(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        passkeys.remove_passkey(actor=signed_in(request), passkey_id=passkey_id)
        messages.success(request, _("The passkey is removed."))
        return redirect("portal:second_factor")
