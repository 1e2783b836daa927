"""Filters of the list of records."""

from collections.abc import Mapping

import django_filters

from phr.api.filters import LONGEST_SEARCH, DayOrMomentFilter, FlagFilter, cleaned
from phr.care.choices import RecordType
from phr.health_records.filters import RecordFilters, since, until
from phr.health_records.models import HealthRecord
from phr.health_records.search import MOST_WORDS


class RecordFilter(django_filters.FilterSet):
    record_type = django_filters.ChoiceFilter(
        choices=RecordType.choices,
        label="One type of record.",
        error_messages={"invalid_choice": "This is not one of the choices."},
    )
    patient = django_filters.UUIDFilter(
        field_name="patient_id", label="The id of one patient."
    )
    visit_after = DayOrMomentFilter(
        label="Visits from this day or time on; days are those where the visits were.",
    )
    visit_before = DayOrMomentFilter(
        label="Visits until this day or time, included; days are those where the "
        "visits were.",
    )
    search = django_filters.CharFilter(
        label="Words in title or texts, or their beginnings, in any case and without "
        "regard to accents and to what does not show; all of them must be there. "
        "Numbers and the letters beside them are words: 5mg finds 5 mg. Of each text "
        f"the first {MOST_WORDS:,} different words are looked at.",
        max_length=LONGEST_SEARCH,
    )
    deleted = FlagFilter(
        label="true: what one has deleted oneself in the last 30 days, instead.",
    )

    class Meta:
        model = HealthRecord
        fields = ()  # but those that are named above


def record_filters(parameters: Mapping[str, str]) -> RecordFilters:
    """Read the filters of a list of records.

    :raises ValidationError: names every one at fault.
    """
    values = cleaned(RecordFilter, parameters)
    days = since(values.get("visit_after")) | until(values.get("visit_before"))
    return RecordFilters(**values | days)
