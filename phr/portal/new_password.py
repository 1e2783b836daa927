"""The fields for a new password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from phr.core.password_validation import normalized
from phr.interfaces.identity_fields import PasswordField
from phr.portal.forms import PortalForm

PASSWORD_RULES = _(
    "At least 8 characters, not only digits. A sentence that nobody guesses is best."
)


class TwoPasswordsForm(PortalForm):
    """A new password, twice."""

    password = PasswordField(
        fills="new-password", label=_("New password"), help_text=PASSWORD_RULES
    )
    password_confirm = PasswordField(
        fills="new-password", label=_("The new password once more")
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        first, second = values.get("password"), values.get("password_confirm")
        if first and second and normalized(first) != normalized(second):
            twice = ValidationError(_("The two passwords differ."), "mismatch")
            self.add_error("password_confirm", twice)
        return values
