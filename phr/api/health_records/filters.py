"""Filters of the list of records."""

from collections.abc import Mapping

import django_filters

from phr.api.filters import (
    LONGEST_SEARCH,
    ChoiceFilter,
    DayOrMomentFilter,
    FlagFilter,
    cleaned,
)
from phr.care.choices import RecordType
from phr.health_records.filters import RecordFilters, since, until
from phr.health_records.models import HealthRecord
from phr.health_records.search import MOST_WORDS


class RecordFilter(django_filters.FilterSet):
    record_type = ChoiceFilter(RecordType, "One type of record.")
    patient = django_filters.UUIDFilter(
        field_name="patient_id", label="The id of one patient."
    )
    visit_after = DayOrMomentFilter(
        label=(
            "Visits on or after this date or time. Dates are in the local time of the "
            "visit."
        ),
    )
    visit_before = DayOrMomentFilter(
        label="Visits up to and including this date or time. Dates are in the local "
        "time of the visit.",
    )
    search = django_filters.CharFilter(
        label="Words in the title or texts, or beginnings of words. All of them must "
        "match; case, accents and invisible characters do not matter. Numbers and the "
        "letters next to them are separate words: 5mg finds 5 mg. Only the first "
        f"{MOST_WORDS:,} different words of each text are searched.",
        max_length=LONGEST_SEARCH,
    )
    deleted = FlagFilter(
        label="true: list the records that you deleted in the last 30 days instead.",
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
