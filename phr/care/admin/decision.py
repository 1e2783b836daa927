"""What staff fill in to verify a doctor or to refuse a licence."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.care.models import LONGEST_REASON
from phr.care.verification import CHECKED
from phr.core.single_line import refuse_other_than_one_line
from phr.core.time_zones import end_of_day

VERIFY, REFUSE = "VERIFY", "REFUSE"
A_YEAR = timedelta(days=365)


def a_year_ahead() -> date:
    return timezone.localdate() + A_YEAR


class DecisionForm(forms.Form):
    """A day for the one decision, a reason for the other."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(VERIFY, _("Verify the doctor")), (REFUSE, _("Refuse or revoke"))],
        widget=forms.RadioSelect,
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        initial=a_year_ahead,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last day of the verification, where you are."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        validators=[refuse_other_than_one_line],
        help_text=_("Required if you refuse. The doctor can read it."),
    )
    # As it stood on the page: what the doctor names since then was not checked.
    first_name = forms.CharField(required=False, widget=forms.HiddenInput)
    last_name = forms.CharField(required=False, widget=forms.HiddenInput)
    specialization = forms.CharField(required=False, widget=forms.HiddenInput)
    license_number = forms.CharField(required=False, widget=forms.HiddenInput)
    authority = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        match values.get("decision"), values.get("reason", ""):
            case "REFUSE", "" if "reason" not in self.errors:
                self.add_error("reason", gettext("Enter a reason for the doctor."))
            case "VERIFY", str(reason) if reason:
                self.add_error("reason", gettext("Enter a reason only if you refuse."))
            case "VERIFY", _ if not (values.get("valid_until") or self.errors):
                self.add_error("valid_until", gettext("Enter an end date."))
        return values

    @property
    def refuses(self) -> bool:
        return bool(self.cleaned_data["decision"] == REFUSE)

    def values(self) -> dict[str, Any]:
        """What the service of this decision takes."""
        said = {name: self.cleaned_data[name] for name in CHECKED}
        if self.refuses:
            return said | {"reason": self.cleaned_data["reason"]}
        day = self.cleaned_data["valid_until"]
        return said | {"valid_until": end_of_day(day)}
