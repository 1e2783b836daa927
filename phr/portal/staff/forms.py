"""What staff fill in to decide about a doctor, to review, and to assign."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.care.choices import EmergencyVerdict
from phr.care.models import LONGEST_REASON
from phr.care.verification import CHECKED
from phr.core.time_zones import end_of_day
from phr.portal.forms import PortalForm
from phr.portal.text_fields import LineField, PatientCodeField, day_input

VERIFY, REFUSE = "VERIFY", "REFUSE"
A_YEAR = timedelta(days=365)


def a_year_ahead() -> date:
    return timezone.localdate() + A_YEAR


class DecisionForm(PortalForm):
    """A day for the one decision, a reason for the other."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            (VERIFY, _("Verify this doctor")),
            (REFUSE, _("Refuse, or take back")),
        ],
        widget=forms.RadioSelect,
    )
    valid_until = forms.DateField(
        label=_("If you verify: the last day on which it counts"),
        required=False,
        initial=a_year_ahead,
        widget=day_input(),
    )
    reason = LineField(
        label=_("If you refuse: why"),
        longest=LONGEST_REASON,
        required=False,
        help_text=_("The doctor reads this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As it stood on the page: what the doctor names since then was not checked.
        for name in CHECKED:
            self.fields[name] = forms.CharField(
                required=False, widget=forms.HiddenInput
            )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if self.errors:
            return values
        if self.refuses and not values["reason"]:
            self.add_error("reason", _("Say why, for the doctor."))
        if not self.refuses and not values["valid_until"]:
            self.add_error("valid_until", _("Choose the last day."))
        return values

    @property
    def refuses(self) -> bool:
        return bool(self.cleaned_data["decision"] == REFUSE)

    def values(self) -> dict[str, Any]:
        """What the service of this decision takes."""
        looked_at = {name: self.cleaned_data[name] for name in CHECKED}
        if self.refuses:
            return looked_at | {"reason": self.cleaned_data["reason"]}
        day = self.cleaned_data["valid_until"]
        return looked_at | {"valid_until": end_of_day(day)}


class ReviewForm(PortalForm):
    """What staff think of it, and why."""

    verdict = forms.ChoiceField(
        label=_("Was it justified?"),
        choices=[
            (EmergencyVerdict.JUSTIFIED.value, _("Yes, it was justified")),
            (
                EmergencyVerdict.UNJUSTIFIED.value,
                _("No, and it ends now if it is still open"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    note = LineField(
        label=_("Note (optional)"),
        longest=LONGEST_REASON,
        required=False,
        help_text=_("For staff only. Patient and doctor read only the verdict."),
    )


class AssignForm(PortalForm):
    """Which doctor to which patient; the doctor was looked for in the directory."""

    patient_id = PatientCodeField(
        label=_("The patient's code"),
        help_text=_("It stands in the address of the patient in the administration."),
    )
    doctor_id = forms.UUIDField(
        label=_("The doctor"),
        error_messages={"required": _("Choose a doctor.")},
        widget=forms.RadioSelect,
    )
    field_order = ("doctor_id",)


class DoctorFinder(forms.Form):
    """A form of GET: what is too long is as if it was not there."""

    template_name = "portal/partials/form.html"
    # The code of the patient that the page was opened for stays in the address.
    patient_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("Doctor's name or specialization"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"label_suffix": "", "auto_id": "find_%s"}
        super().__init__(*args, **kwargs)
        self.is_valid()
