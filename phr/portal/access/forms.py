"""What a patient fills in about access: how far, how long, and why."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.care.choices import RecordType
from phr.care.models import LONGEST_REASON, CareGrant
from phr.care.terms import TERMS
from phr.core.errors import DomainError
from phr.core.single_line import refuse_other_than_one_line
from phr.core.time_zones import end_of_day
from phr.portal.forms import PortalForm
from phr.portal.sent_once import CreatingForm

EVERYTHING, SOME = "everything", "some"
OPEN_END, MONTH, UNTIL = "open", "month", "until"
KEPT = "kept"  # the end that it has already
ENDS = [
    (OPEN_END, _("Until I end it")),
    (MONTH, _("For a month")),
    (UNTIL, _("Until the end of a day")),
]
A_MONTH = timedelta(days=30)
FURTHEST_AHEAD = timedelta(days=100 * 365)
# The field of the form at which a service's word about a term stands.
FIELD_OF_TERM = {"expires_at": "until", "records_since": "records_since"}
REFUSALS = {
    "already_in_care": _("This doctor has access already. You can change it."),
    "already_requested": _("This doctor asks you for access. Answer that instead."),
    "doctor_not_verified": _(
        "Staff have not verified this doctor yet, so they cannot be let in."
    ),
    "expires_in_the_past": _("That time is over. Choose a day from today on."),
    "emergency_grant_is_fixed": _("Emergency access cannot be changed, only ended."),
    "grant_not_open": _("This access has ended already."),
    "grant_not_pending": _("This request has been answered already."),
    "dates_out_of_order": _("Access would end before the first visit that it covers."),
}


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Choose a day, such as 2026-05-03.")},
    )


class ReasonForm(PortalForm):
    """A few words for the other side."""

    reason = forms.CharField(
        label=_("A few words to the doctor"),
        help_text=_("You can leave this empty. The doctor can read it."),
        max_length=LONGEST_REASON,
        required=False,
        validators=[refuse_other_than_one_line],
    )


class TermsForm(CreatingForm, ReasonForm):
    """How far access goes, and how long."""

    extent = forms.ChoiceField(
        label=_("Which records"),
        choices=[(EVERYTHING, _("Everything")), (SOME, _("Only some kinds"))],
        initial=EVERYTHING,
        widget=forms.RadioSelect,
    )
    record_types = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=RecordType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    records_since = day_field(
        _("Only visits since"), _("Leave this empty for visits of all times.")
    )
    lasts = forms.ChoiceField(
        label=_("For how long"),
        choices=ENDS,
        initial=OPEN_END,
        widget=forms.RadioSelect,
    )
    until = day_field(_("Last day"))
    is_primary = forms.BooleanField(
        label=_("This is my main doctor"),
        help_text=_("A main doctor may also hand you over to another doctor."),
        required=False,
    )
    field_order = (
        *("extent", "record_types", "records_since", "lasts", "until"),
        *("is_primary", "reason"),
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("extent") == SOME and not values.get("record_types"):
            self.refuse("record_types", _("Choose at least one kind."))
        if values.get("lasts") == UNTIL and "until" not in self.errors:
            self.check_last_day(values.get("until"))
        return values

    def check_last_day(self, day: date | None) -> None:
        if day is None:
            self.refuse("until", _("Choose the last day."))
        elif day > timezone.localdate() + FURTHEST_AHEAD:
            self.refuse("until", _("Choose a day within the next 100 years."))

    def refuse(self, field: str, words: Any) -> None:
        self.add_error(field, ValidationError(words))

    def terms(self, now: datetime) -> dict[str, Any]:
        """What was chosen, as services take it."""
        values = self.cleaned_data
        is_part = values["extent"] == SOME
        return {
            "record_types": sorted(values["record_types"]) if is_part else [],
            "records_since": values["records_since"],
            "expires_at": self.end(values, now),
            "is_primary": values["is_primary"],
        }

    def initial_terms(self) -> dict[str, Any]:
        """What is opened if nothing is changed in the form."""
        return {}

    def end(self, values: Mapping[str, Any], now: datetime) -> datetime | None:
        if values["lasts"] == MONTH:
            return end_of_day(timezone.localdate(now) + A_MONTH)
        return end_of_day(values["until"]) if values["lasts"] == UNTIL else None

    def add_refusal(self, error: DomainError) -> None:
        """Say it in the patient's words, at the field that they know."""
        super().add_refusal(in_words(error))


class GrantForm(TermsForm):
    """The terms of a request, or of access that there is; its end may stay as it is."""

    def __init__(self, *args: Any, grant: CareGrant, **options: Any) -> None:
        super().__init__(*args, initial=initial_of(grant), **options)
        self.grant = grant
        self.kept_end = grant.expires_at
        if grant.expires_at is not None:
            lasts = cast("forms.ChoiceField", self.fields["lasts"])
            lasts.choices = [(KEPT, _("As it is now")), *ENDS]

    def initial_terms(self) -> dict[str, Any]:
        return {name: getattr(self.grant, name) for name in TERMS}

    def end(self, values: Mapping[str, Any], now: datetime) -> datetime | None:
        return self.kept_end if values["lasts"] == KEPT else super().end(values, now)


def initial_of(grant: CareGrant) -> dict[str, Any]:
    """What a form shows of the terms that a grant has."""
    return {
        "extent": SOME if grant.record_types else EVERYTHING,
        "record_types": grant.record_types,
        "records_since": grant.records_since,
        "lasts": KEPT if grant.expires_at else OPEN_END,
        "is_primary": grant.is_primary,
    }


def in_words(error: DomainError) -> DomainError:
    """The same refusal, as it is said beside a patient's form."""
    words = REFUSALS.get(error.code)
    error.field = FIELD_OF_TERM.get(error.field or "")
    if words is not None:
        error.detail = str(words)
    return error
