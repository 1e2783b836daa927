"""Fields for what people write to each other, as the API takes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from phr.core.single_line import refuse_other_than_one_line


class LineField(forms.CharField):
    """One line that others read beside their own."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        options.setdefault("validators", [refuse_other_than_one_line])
        super().__init__(max_length=longest, **options)


class PatientCodeField(forms.UUIDField):
    """The code by which a patient names themself to a doctor."""

    def __init__(self, **options: Any) -> None:
        typed = forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        )
        wrong = _("A code has 32 letters and digits, in five groups. Look at it again.")
        super().__init__(widget=typed, error_messages={"invalid": wrong}, **options)


def day_input() -> forms.DateInput:
    """What asks for a day: the browser's own calendar, where it has one."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
