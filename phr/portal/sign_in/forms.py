"""The forms of signing in and up, and of what mailed links are for."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts.language import language_spoken
from phr.accounts.models import (
    User,
    UserType,
    username_validator,
)
from phr.core.time_zones import is_time_zone
from phr.identity.browser_sign_in import finish_half
from phr.interfaces.identity_fields import (
    AddressField,
    BirthDateField,
    CodeField,
    LineField,
    LinkKeyField,
    PhoneNumberField,
    code_of_kind,
)
from phr.portal.forms import PortalForm
from phr.portal.new_password import TwoPasswordsForm

LONGEST_HALF = 200  # characters of what says that a password was right
DOCTORS_FIELDS = ("specialization", "license_number", "years_of_experience")


class CodeForm(PortalForm):
    """The second half of a sign-in: a code."""

    half = forms.CharField(max_length=LONGEST_HALF, widget=forms.HiddenInput)
    code = CodeField(
        label=_("Code"),
        help_text=_("From your authenticator app, or one of your recovery codes."),
    )

    user: User | None = None

    def clean(self) -> dict[str, Any]:
        """See whether it counts; `user` is None if not."""
        values = self.cleaned_data
        if not self.errors:
            code = code_of_kind(values["code"])
            with self.showing_refusals():
                self.user = finish_half(values["half"], code, at=timezone.now())
        return values


class BrowserZoneField(forms.Field):
    """The time zone that a script has found; who has none is not asked for it."""

    widget = forms.HiddenInput(attrs={"data-browser-zone": ""})

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> str:
        """No name that is not known here keeps anybody from opening an account."""
        return value if isinstance(value, str) and is_time_zone(value) else ""


class SignUpForm(TwoPasswordsForm):
    """A new account, of a patient or a doctor."""

    first_name = LineField(
        fills="given-name", label=_("First name"), max_length=150, required=False
    )
    last_name = LineField(
        fills="family-name", label=_("Last name"), max_length=150, required=False
    )
    email = AddressField(
        label=_("E-mail address"), help_text=_("We send a link there to confirm it.")
    )
    username = forms.CharField(
        label=_("User name"),
        help_text=_("You sign in with it. Letters, digits and . + - _"),
        max_length=150,
        validators=[username_validator],
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    phone_number = PhoneNumberField(
        label=_("Phone number (optional)"),
        help_text=_("With the code of the country, for example +31201234567."),
    )
    date_of_birth = BirthDateField(
        label=_("Date of birth (optional)"),
    )
    specialization = LineField(
        label=_("Specialty (optional)"), max_length=100, required=False
    )
    license_number = LineField(
        label=_("Licence number (optional)"),
        help_text=_("Staff check it. You can hand it in later, too."),
        max_length=50,
        required=False,
    )
    years_of_experience = forms.IntegerField(
        label=_("Years of experience (optional)"),
        min_value=0,
        max_value=80,
        required=False,
    )
    time_zone = BrowserZoneField()
    field_order = (
        *("first_name", "last_name", "email", "username"),
        *("password", "password_confirm", "phone_number", "date_of_birth"),
    )

    def __init__(self, *args: Any, user_type: UserType, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user_type = user_type
        self.fields["password"].label = _("Password")
        self.fields["password_confirm"].label = _("The password once more")
        if user_type != UserType.DOCTOR:
            for name in DOCTORS_FIELDS:
                del self.fields[name]

    def account(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        values = dict(self.cleaned_data)
        del values["password_confirm"]
        given = {name: values.pop(name) for name in DOCTORS_FIELDS if name in values}
        # That of the page that they could read.
        values["language"] = language_spoken()
        return values | {"user_type": self.user_type, "profile": given}


class ForgotPasswordForm(PortalForm):
    """Where the link is to be sent, if that is somebody's."""

    email = AddressField(label=_("E-mail address"))


class ConfirmEmailForm(PortalForm):
    """The key of a link to confirm an address with."""

    key = LinkKeyField(label=_("The link from the mail"))


class NewPasswordForm(TwoPasswordsForm):
    """The key of a link, and the password that it is for."""

    key = LinkKeyField(label=_("The link from the mail"))
    field_order = ("key",)
