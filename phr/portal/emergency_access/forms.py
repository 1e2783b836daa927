"""Who the patient is, as a doctor in a hurry can tell, and why it cannot wait."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from phr.care.choices import EmergencyReason
from phr.care.emergency_access import NamedPatient
from phr.care.models import LONGEST_REASON
from phr.portal.sent_once import CreatingForm
from phr.portal.text_fields import LineField, PatientCodeField, day_input


class EmergencyForm(CreatingForm):
    """Named by user name and birth, or by the patient's code."""

    username = forms.CharField(
        label=_("The patient's user name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    date_of_birth = forms.DateField(
        label=_("The patient's date of birth"), required=False, widget=day_input()
    )
    patient_id = PatientCodeField(
        label=_("Or the patient's code"),
        required=False,
        help_text=_("As it stands on the patient's emergency card."),
    )
    reason_code = forms.ChoiceField(
        label=_("Why it cannot wait"),
        choices=EmergencyReason.choices,
        widget=forms.RadioSelect,
    )
    reason = LineField(
        label=_("What has happened"),
        longest=LONGEST_REASON,
        help_text=_("The patient and the staff who review this read it."),
    )

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: nobody is named, or in two ways."""
        values = self.cleaned_data
        by_name = bool(values.get("username")) or bool(values.get("date_of_birth"))
        if {"username", "date_of_birth", "patient_id"} & self.errors.keys():
            return values
        if by_name == bool(values.get("patient_id")):
            raise ValidationError(
                _("Give the user name and the date of birth, or only the code."),
                "one_of_two",
            )
        if by_name and not (values.get("username") and values.get("date_of_birth")):
            raise ValidationError(
                _("Give both the user name and the date of birth."), "required"
            )
        return values

    @property
    def named(self) -> NamedPatient:
        values = self.cleaned_data
        if values["patient_id"]:
            return NamedPatient(patient_id=values["patient_id"])
        return NamedPatient(
            username=values["username"], date_of_birth=values["date_of_birth"]
        )
