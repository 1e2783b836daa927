"""django-filter for this API: strict, and asked only when there is something to ask."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.db.models import Choices
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail, ValidationError

LONGEST_SEARCH = 200  # characters; nobody types more


def cleaned(
    filterset: type[django_filters.FilterSet], given: Mapping[str, str]
) -> dict[str, Any]:
    """Read the parameters of a filter; a service applies what they say.

    :returns: the values of those that are given, by name.
    :raises ValidationError: names every one at fault.
    """
    if not given.keys() & filterset.base_filters.keys():
        return {}  # a form costs more than a page
    refuse_empty(filterset.base_filters, given)
    form = form_of(filterset)(given)
    if not form.is_valid():
        raise translate_validation(  # type: ignore[misc] # it is one of DRF's
            form.errors  # type: ignore[arg-type] # as Django has them
        )
    return {
        name: value
        for name, value in form.cleaned_data.items()
        if value not in (None, "")  # which a form says of what was not given
    }


@cache
def form_of(filterset: type[django_filters.FilterSet]) -> type[forms.Form]:
    form: type[forms.Form] = filterset().get_form_class()
    return form


def refuse_empty(filters: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """A form takes an empty value for none; "?patient=" must not mean all patients."""
    empty = [
        name
        for name, kind in filters.items()
        if not isinstance(kind, django_filters.CharFilter)
        and not given.get(name, "given").strip()
    ]
    if empty:
        raise ValidationError(
            {name: ErrorDetail(gettext("Enter a value."), "blank") for name in empty}
        )


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of the values listed."""

    def __init__(self, choices: type[Choices], label: str) -> None:
        super().__init__(
            choices=choices.choices,
            label=label,
            error_messages={"invalid_choice": _("This is not one of the choices.")},
        )


class StrictFlagField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError(_("Enter true or false."), "invalid")
        return bool(value == "true")


@extend_schema_field({"type": "boolean"})
class FlagFilter(django_filters.Filter):
    """true or false, written just so."""

    field_class = StrictFlagField


class DayOrMomentField(forms.Field):
    """A calendar day, or a point in time with its zone."""

    def to_python(self, value: Any) -> date | datetime | None:
        if value in self.empty_values:
            return None
        try:
            moment = self.parse(str(value))
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise forms.ValidationError(
                _(
                    "Enter a date (2026-05-31), or a time with its zone "
                    "(2026-05-31T09:30:00Z)."
                ),
                "invalid",
            )
        return moment

    def parse(self, text: str) -> date | datetime | None:
        day = parse_date(text)
        if day is not None:
            return self.taken(day)
        moment = parse_datetime(text)
        if moment is None or moment.tzinfo is None:
            return None
        return moment.astimezone(UTC)

    def taken(self, day: date) -> date | datetime:
        return day


class MomentField(DayOrMomentField):
    """A point in time with its zone, or a day, which is taken in UTC.

    :param end_of_day: whether a day means its end; else its start.
    """

    def __init__(self, *, end_of_day: bool = False, **options: Any) -> None:
        self.end_of_day = end_of_day
        super().__init__(**options)

    def taken(self, day: date) -> datetime:
        return datetime.combine(day, time.max if self.end_of_day else time.min, UTC)


DAY_OR_MOMENT = {
    "type": "string",
    "anyOf": [{"format": "date"}, {"format": "date-time"}],
}


@extend_schema_field(DAY_OR_MOMENT)
class DayOrMomentFilter(django_filters.Filter):
    """A day, or a point in time with its zone; what a day means is not said here."""

    field_class = DayOrMomentField


@extend_schema_field(DAY_OR_MOMENT)
class MomentFilter(django_filters.Filter):
    """A point in time with its zone, or the begin or end of a day in UTC."""

    field_class = MomentField
