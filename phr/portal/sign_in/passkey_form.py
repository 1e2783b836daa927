"""The form that a script fills with what a passkey answers."""

from typing import Any

from django import forms
from django.utils import timezone

from phr.accounts.models import User
from phr.identity.passkeys import identify_by_passkey
from phr.interfaces.credential_field import LONGEST_CHALLENGE, CredentialField
from phr.portal.forms import PortalForm


class PasskeyForm(PortalForm):
    """An answer to a challenge that the API has given."""

    challenge = forms.CharField(max_length=LONGEST_CHALLENGE, widget=forms.HiddenInput)
    credential = CredentialField()

    user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Find out whose passkey it is; `user` is None if nobody's."""
        values = self.cleaned_data
        if not self.errors:
            with self.showing_refusals():
                self.user = identify_by_passkey(**values, at=timezone.now())
        return values
