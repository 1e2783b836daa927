"""Filters of the doctors' directory."""

from collections.abc import Mapping

import django_filters

from phr.api.filters import LONGEST_SEARCH, cleaned
from phr.care.doctor_directory import DoctorFilters
from phr.care.models import DoctorProfile


class DoctorFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        max_length=LONGEST_SEARCH,
        label="Words in name or specialization, in any order and case, without regard "
        "to accents and titles; of fewer than three letters, where words begin.",
    )
    specialization = django_filters.CharFilter(
        max_length=LONGEST_SEARCH,
        label="The specialization, in any case.",
    )

    class Meta:
        model = DoctorProfile
        fields = ("search", "specialization")


def doctor_filters(parameters: Mapping[str, str]) -> DoctorFilters:
    """Read the filters of the directory.

    :raises ValidationError: names every one at fault.
    """
    return DoctorFilters(**cleaned(DoctorFilter, parameters))
