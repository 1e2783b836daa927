"""The form by which staff change their own password in the admin site."""

from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts.passwords import WrongPassword
from phr.core.errors import TooMany, Unavailable
from phr.core.password_validation import normalized
from phr.identity.password_change import replace_password
from phr.identity.reauthentication import insist_on_password
from phr.interfaces.identity_fields import PasswordField


class OwnPasswordForm(AdminPasswordChangeForm):
    """Staff change their own password. The current one can only be guessed a few times,
    as in the API, so that somebody at an open browser cannot find it out."""

    old_password = PasswordField(label=_("Old password"))
    new_password1 = PasswordField(
        fills="new-password",
        label=_("New password"),
        help_text=password_validators_help_text_html(),
    )
    new_password2 = PasswordField(
        fills="new-password",
        label=_("New password confirmation"),
        help_text=_("Enter the same password as before, for verification."),
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
