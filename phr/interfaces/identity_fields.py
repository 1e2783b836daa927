"""Fields of forms for what somebody shows of who they are."""

from typing import Any

from django import forms

from phr.identity.typed_codes import LONGEST_RECOVERY_CODE, plain_code

LONGEST_NAME = 254  # characters, as of the e-mail address that may be given instead
LONGEST_PASSWORD = 256
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


def code_of_kind(code: str) -> dict[str, str]:
    """A code under the name of its kind: the length tells which it is."""
    kind = "otp" if len(plain_code(code)) <= LONGEST_PLAIN_OTP else "recovery_code"
    return {kind: code}
