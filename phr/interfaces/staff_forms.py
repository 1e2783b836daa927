"""Signing in to the admin site, and setting passwords there."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import AdminPasswordChangeForm as SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from phr.accounts import services as accounts
from phr.accounts.models import User
from phr.audit.models import Outcome
from phr.core import events
from phr.core.errors import TooMany, Unavailable
from phr.interfaces.signing_in import note_sign_in

LONGEST_NAME = 254  # characters, as of the e-mail address that may be given instead
LONGEST_PASSWORD = 256


class StaffSignInForm(AdminAuthenticationForm):
    """Signing in by the same check as everywhere: counted, in constant time, entered.

    Who is not staff hears what a wrong password would have told them.
    """

    username = forms.CharField(max_length=LONGEST_NAME)
    password = forms.CharField(
        strip=False, max_length=LONGEST_PASSWORD, widget=forms.PasswordInput
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            self.user_cache = self.check(values["username"], values["password"])
        return values

    def check(self, username: str, password: str) -> User:
        """Find out which member of staff this is, and enter the attempt.

        :raises ValidationError: nobody, or too many attempts were made.
        """
        try:
            user = accounts.authenticate(username=username, password=password)
        except accounts.InvalidCredentials as error:
            note_sign_in(error.account, Outcome.REFUSED)
            raise self.get_invalid_login_error() from None
        except (TooMany, Unavailable) as error:
            raise ValidationError(error.detail, error.code) from error
        if not user.is_staff:
            note_sign_in(user, Outcome.REFUSED)
            raise self.get_invalid_login_error()
        note_sign_in(user, Outcome.ALLOWED)
        return user


class OwnPasswordForm(AdminPasswordChangeForm):
    """Staff change their own password."""

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own arguments
        return save_password(super().save, self.user)


class StaffSetsPasswordForm(SetPasswordForm):  # type: ignore[type-arg] # see ShownOnly
    """Staff set somebody's password."""

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own arguments
        return save_password(super().save, self.user)


def save_password(save: Any, user: User) -> Any:
    """Save a new password, end whatever the old one had opened, and tell its owner."""
    with transaction.atomic():
        saved = save()
        accounts.end_all_sessions(user=user, at=timezone.now())
        events.emit("accounts.password_changed", user_id=user.pk)
    return saved
