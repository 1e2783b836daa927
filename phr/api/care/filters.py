"""Filters of the doctors' directory."""

import django_filters

from phr.api.filters import LONGEST_SEARCH
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
