"""The form of a record, as its patient writes it."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from phr.care.choices import RecordType
from phr.core.errors import DomainError
from phr.core.single_line import refuse_other_than_one_line
from phr.health_records.models import (
    EARLIEST_VISIT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    RECORD_FIELDS,
)
from phr.health_records.record_rows import RecordRow
from phr.health_records.services import VISITS_AHEAD
from phr.health_records.visit_times import (
    FURTHEST_OFFSET,
    offset_here,
    own_time,
    zone,
)
from phr.portal.sent_once import CreatingForm
from phr.portal.templatetags.portal import UNNAMED_TIME

ENOUGH_ROWS = 4

TOO_LONG = ngettext_lazy(
    "Use at most %(limit_value)d character. This is %(show_value)d.",
    "Use at most %(limit_value)d characters. This is %(show_value)d.",
    "limit_value",
)


def with_one_kind_of_line_end(text: str) -> str:
    """Browsers send what they were given with the line ends of another system."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Paragraphs(forms.CharField):
    """A long text, kept as it is typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            strip=False,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": ENOUGH_ROWS}),
            **options,
        )
        say_how_long(self)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`: of what is pasted a browser would drop the end unseen."""
        return {}

    def to_python(self, value: Any) -> str:
        return with_one_kind_of_line_end(super().to_python(value) or "")


def say_how_long(field: forms.CharField) -> None:
    """Say in a person's words how long a text may be, instead of in Django's."""
    for validator in field.validators:
        if isinstance(validator, MaxLengthValidator):
            validator.message = TOO_LONG


def one_line(text: str) -> None:
    """See that a title is one line and can be seen.

    :raises ValidationError: it says in a person's words what is wrong.
    """
    try:
        refuse_other_than_one_line(text)
    except ValidationError as error:
        raise ValidationError(
            _("Write the title in one line, in letters that can be seen."), error.code
        ) from error


class Unseen(forms.TextInput):
    """A field that nobody sees, but that is kept with what somebody types.

    A draft of an earlier version so stays one of that version, and is not saved over
    a later one.
    """

    def __init__(self) -> None:
        super().__init__(attrs={"hidden": True})


class RecordForm(CreatingForm):
    """A record: its kind, title and day, and five texts of which none is needed.

    :param record: what is to be changed; None for another one.
    """

    record_type = forms.ChoiceField(
        label=_("What kind of record is it?"),
        choices=RecordType.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the kind of record."),
            "invalid_choice": _("Choose one of these kinds."),
        },
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("A few words to find it by, such as “Blood test” or “Knee pain”."),
        max_length=LONGEST_TITLE,
        validators=[one_line],
        error_messages={"required": _("Give the record a title.")},
    )
    visit_day = forms.DateField(
        label=_("Day of the visit"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day of the visit."),
            "invalid": _("Choose the day of the visit, such as 2026-11-12."),
        },
    )
    visit_time = forms.TimeField(
        label=_("Time, if you know it"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time like 14:30, or leave it out.")},
    )
    description = Paragraphs(label=_("What happened"))
    symptoms = Paragraphs(label=_("Symptoms"))
    diagnosis = Paragraphs(label=_("Diagnosis"))
    treatment = Paragraphs(label=_("Treatment"))
    medications = Paragraphs(label=_("Medicines"))
    # The browser tells it; without a script it is that of the reader's time zone.
    visit_offset = forms.IntegerField(
        required=False,
        min_value=-FURTHEST_OFFSET,
        max_value=FURTHEST_OFFSET,
        widget=Unseen,
    )
    version = forms.IntegerField(required=False, min_value=1, widget=Unseen)

    def __init__(
        self, *args: Any, record: RecordRow | None, now: datetime, **options: Any
    ) -> None:
        initial = initial_of(record) if record else {}
        super().__init__(*args, initial=initial, **options)
        say_how_long(self.fields["title"])  # type: ignore[arg-type] # named above
        self.record, self.now = record, now

    def clean_visit_day(self) -> date:
        """See that the day can be one of a visit, as `services.create_record` does."""
        day: date = self.cleaned_data["visit_day"]
        if day > (self.now + VISITS_AHEAD).date():
            raise ValidationError(
                _("That day is in the future. Choose the day of the visit."),
                "visit_date_out_of_range",
            )
        if day < EARLIEST_VISIT.date():
            raise ValidationError(
                _("That day is before 1900. Choose the day of the visit."),
                "visit_date_out_of_range",
            )
        return day

    def add_refusal(self, error: DomainError) -> None:
        if error.field == "visit_date":
            error.field = "visit_day"
        super().add_refusal(error)

    @property
    def values(self) -> dict[str, Any]:
        """What a service takes: the record's fields by name.

        What a page cannot show as exactly as it is kept, seconds and the line ends of
        another system, is left out where nobody has touched it.
        """
        given = self.cleaned_data
        at = given["visit_time"] or UNNAMED_TIME
        offset = given["visit_offset"]
        if offset is None:
            offset = offset_here(datetime.combine(given["visit_day"], at))
        values = {name: given[name] for name in RECORD_FIELDS if name in given}
        values["visit_date"] = datetime.combine(given["visit_day"], at, zone(offset))
        if self.record is None:
            return values
        shown, typed = as_shown(self.record._asdict()), as_shown(values)
        return {name: values[name] for name in values if typed[name] != shown[name]}

    def expect_version(self, version: int) -> None:
        """Let what was typed be saved over this version, if its author says so."""
        typed = {name: self.data[name] for name in self.data}
        self.data = typed | {"version": str(version)}


def initial_of(record: RecordRow) -> dict[str, Any]:
    """A record as the form shows it."""
    visit = own_time(record.visit_date, record.visit_offset)
    at = visit.time().replace(second=0, microsecond=0)
    return {
        **record._asdict(),
        "visit_day": visit.date(),
        "visit_time": None if at == UNNAMED_TIME else at,
    }


def as_shown(values: dict[str, Any]) -> dict[str, str]:
    """A record's fields as exactly as a page tells them."""
    shown = {name: with_one_kind_of_line_end(str(values[name])) for name in values}
    visit: datetime = values["visit_date"]
    visit = (
        own_time(visit, values["visit_offset"]) if "visit_offset" in values else visit
    )
    return shown | {"visit_date": visit.isoformat(timespec="minutes")}
