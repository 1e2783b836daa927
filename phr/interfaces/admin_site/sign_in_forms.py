"""Signing in to the admin site, and setting passwords there."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.utils import timezone

from phr.accounts.models import User
from phr.accounts.passwords import WrongPassword
from phr.core.errors import TooMany, Unavailable
from phr.core.password_validation import normalized
from phr.identity.password_change import replace_password
from phr.identity.reauthentication import insist_on_password
from phr.identity.sign_in import (
    Credentials,
    InvalidCredentials,
    MfaRequired,
    identify_staff,
)
from phr.interfaces.browser_session import note_sign_in
from phr.interfaces.identity_fields import (
    LONGEST_NAME,
    CodeField,
    PasswordField,
    code_of_kind,
)

CODE_HELP = "From your authenticator app, or a recovery code, if you have one."


def optional_code() -> CodeField:
    return CodeField(required=False, label="Code", help_text=CODE_HELP)


class StaffSignInForm(AdminAuthenticationForm):
    """Signing in by the same check as everywhere: counted, in constant time, entered.

    Who is not staff hears what a wrong password would have told them.
    """

    username = forms.CharField(max_length=LONGEST_NAME)
    password = PasswordField()
    code = optional_code()

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            self.user_cache = self.check(self.given(values))
        return values

    def given(self, values: dict[str, Any]) -> Credentials:
        """What was given."""
        code = code_of_kind(values["code"])
        return Credentials(values["username"], values["password"], **code)

    def check(self, given: Credentials) -> User:
        """Find out which member of staff this is, and begin a session for them.

        :raises ValidationError: nobody, a code is needed, or too many attempts.
        """
        try:
            user, second_factor = identify_staff(given, at=timezone.now())
        except InvalidCredentials:
            raise self.get_invalid_login_error() from None
        except (MfaRequired, TooMany, Unavailable) as error:
            raise ValidationError(error.detail, error.code) from error
        assert self.request is not None
        # Whatever session there was ends: were it another's, Django would empty it
        # later, and what is noted here with it.
        self.request.session.flush()
        note_sign_in(
            self.request.session, second_factor=second_factor, at=timezone.now()
        )
        return user


class OwnPasswordForm(AdminPasswordChangeForm):
    """Staff change their own password. The current one can only be guessed a few times,
    as in the API, so that somebody at an open browser cannot find it out."""

    old_password = PasswordField(label="Old password")
    new_password1 = PasswordField(
        fills="new-password",
        label="New password",
        help_text=password_validators_help_text_html(),
    )
    new_password2 = PasswordField(
        fills="new-password",
        label="New password confirmation",
        help_text="Enter the same password as before, for verification.",
    )

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        try:
            insist_on_password(self.user, old, field="old_password", at=timezone.now())
        except WrongPassword:
            code = "password_incorrect"
            raise ValidationError(self.error_messages[code], code) from None
        except (TooMany, Unavailable) as error:
            raise ValidationError(error.detail, error.code) from error
        return old

    def clean_new_password2(self) -> str:
        """Take another spelling for what it is: the same password (ADR 60)."""
        first = str(self.cleaned_data.get("new_password1", ""))
        second = str(self.cleaned_data["new_password2"])
        return first if normalized(first) == normalized(second) else second

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own arguments
        password = self.cleaned_data["new_password1"]
        replace_password(self.user, password, at=timezone.now())
        return self.user
