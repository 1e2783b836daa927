"""The form for signing in, which also stands where a session has ended."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.identity.browser_sign_in import keep_half
from phr.identity.sign_in import Credentials, MfaRequired, identify
from phr.interfaces.identity_fields import LONGEST_NAME, PasswordField
from phr.portal.forms import PortalForm


class SignInForm(PortalForm):
    """Name and password."""

    username = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username webauthn",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = PasswordField(label=_("Password"))

    user: User | None = None
    # What the page for the code sends along, where the password was right.
    half = ""

    def clean(self) -> dict[str, Any]:
        """Find out who this is; `user` is None if nobody, or nobody yet."""
        values = self.cleaned_data
        if self.errors:
            return values
        given = Credentials(values["username"], values["password"])
        with self.showing_refusals():
            try:
                self.user, _second_factor = identify(given, at=timezone.now())
            except MfaRequired as error:
                if error.account is not None:
                    self.half = keep_half(error.account)
        return values
