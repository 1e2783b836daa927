"""The form for signing in."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.identity.sign_in import Credentials, MfaRequired, identify
from phr.interfaces.identity_fields import (
    LONGEST_NAME,
    CodeField,
    PasswordField,
    code_of_kind,
)
from phr.portal.forms import PortalForm


class SignInForm(PortalForm):
    """Name and password, and a code once they are right and one is needed."""

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
    code = CodeField(
        label=_("Code"),
        required=False,
        help_text=_("From your authenticator app, or one of your recovery codes."),
    )

    user: User | None = None
    second_factor = False
    wants_code = False

    def clean(self) -> dict[str, Any]:
        """Find out who this is; `user` is None if nobody."""
        values = self.cleaned_data
        if self.errors:
            return values
        code = code_of_kind(values["code"]) if values["code"] else {}
        given = Credentials(values["username"], values["password"], **code)
        with self.showing_refusals():
            try:
                self.user, self.second_factor = identify(given, at=timezone.now())
            except MfaRequired:
                self.wants_code = True
                raise
        return values
