"""Fields of forms for what somebody shows of who they are."""

from typing import Any

from django import forms

from phr.accounts.models import phone_number_validator, refuse_impossible_birth
from phr.core.mail_addresses import LONGEST, normalized
from phr.core.single_line import refuse_other_than_one_line
from phr.identity.typed_codes import LONGEST_RECOVERY_CODE, plain_code

LONGEST_NAME = 254  # characters, as of the e-mail address that may be given instead
LONGEST_PASSWORD = 256
LONGEST_LINK = 1_000
LONGEST_PLAIN_OTP = 10  # letters and digits


class PasswordField(forms.CharField):
    """A password, as long as any may be.

    :param fills: which one a browser or password manager offers.
    """

    def __init__(self, *, fills: str = "current-password", **options: Any) -> None:
        typed = forms.PasswordInput(attrs={"autocomplete": fills})
        super().__init__(
            strip=False, max_length=LONGEST_PASSWORD, widget=typed, **options
        )


class CodeField(forms.CharField):
    """A code of an authenticator app, or one that was kept for when it is lost."""

    def __init__(self, **options: Any) -> None:
        typed = forms.TextInput(attrs={"autocomplete": "one-time-code"})
        super().__init__(max_length=LONGEST_RECOVERY_CODE, widget=typed, **options)


class AddressField(forms.EmailField):
    """An e-mail address in any spelling, of which one is kept."""

    default_validators = []  # Django's own know fewer domains

    def __init__(self, **options: Any) -> None:
        typed = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(max_length=LONGEST, widget=typed, **options)

    def to_python(self, value: Any) -> str:
        address = str(super().to_python(value) or "")
        return normalized(address) if address else ""


class LineField(forms.CharField):
    """One line that others read beside their own."""

    def __init__(self, *, fills: str = "", **options: Any) -> None:
        typed = forms.TextInput(attrs={"autocomplete": fills} if fills else {})
        checks = [refuse_other_than_one_line]
        super().__init__(validators=checks, widget=typed, **options)


class LinkKeyField(forms.CharField):
    """What stands behind `#key=` in a mailed link, or all of the link."""

    def __init__(self, **options: Any) -> None:
        typed = forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "data-link": ""}
        )
        super().__init__(max_length=LONGEST_LINK, widget=typed, **options)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        return typed.rpartition("#key=")[2]


def code_of_kind(code: str) -> dict[str, str]:
    """A code under the name of its kind: the length tells which it is."""
    kind = "otp" if len(plain_code(code)) <= LONGEST_PLAIN_OTP else "recovery_code"
    return {kind: code}


class PhoneNumberField(forms.CharField):
    """A phone number in the international form (E.164), or none."""

    def __init__(self, **options: Any) -> None:
        typed = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        super().__init__(
            max_length=16,
            required=False,
            validators=[phone_number_validator],
            widget=typed,
            **options,
        )


class BirthDateField(forms.DateField):
    """A date of birth, or none."""

    def __init__(self, **options: Any) -> None:
        chosen = forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}
        )
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d"],
            validators=[refuse_impossible_birth],
            widget=chosen,
            **options,
        )
