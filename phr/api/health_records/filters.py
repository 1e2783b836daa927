"""Filters of the list of records."""

from collections.abc import Mapping
from typing import Any

import django_filters

from phr.api.filters import LONGEST_SEARCH, FlagFilter, MomentFilter
from phr.care.choices import RecordType
from phr.health_records.models import HealthRecord
from phr.health_records.querysets import HealthRecordQuerySet


class RecordFilter(django_filters.FilterSet):
    record_type = django_filters.ChoiceFilter(
        choices=RecordType.choices,
        label="One type of record.",
        error_messages={"invalid_choice": "This is not one of the choices."},
    )
    patient = django_filters.UUIDFilter(
        field_name="patient_id", label="The id of one patient."
    )
    visit_after = MomentFilter(
        field_name="visit_date",
        lookup_expr="gte",
        label="Visits from this day (UTC) or time on.",
    )
    visit_before = MomentFilter(
        field_name="visit_date",
        lookup_expr="lte",
        end_of_day=True,
        label="Visits until this day (UTC), or time, included.",
    )
    search = django_filters.CharFilter(
        method="by_words",
        label="Words in title or texts, in any case.",
        max_length=LONGEST_SEARCH,
    )
    deleted = FlagFilter(
        method="as_they_are",
        label="true: what one has deleted oneself in the last 30 days, instead.",
    )

    class Meta:
        model = HealthRecord
        fields = (
            *("record_type", "patient", "visit_after", "visit_before", "search"),
            "deleted",
        )

    def by_words(
        self, records: HealthRecordQuerySet, name: str, words: Any
    ) -> HealthRecordQuerySet:
        return records.mentioning(words)

    def as_they_are(
        self, records: HealthRecordQuerySet, name: str, value: Any
    ) -> HealthRecordQuerySet:
        """Which scope to filter in was chosen before; see `wants_deleted`."""
        return records


def wants_deleted(parameters: Mapping[str, str]) -> bool:
    return parameters.get("deleted") == "true"
