"""Filters of the doctors' directory."""

import django_filters

from phr.api.filters import LONGEST_SEARCH
from phr.care.models import DoctorProfile


class DoctorFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        max_length=LONGEST_SEARCH,
        label="Words in name or specialization. Order, case, accents and titles do "
        "not matter. Words of fewer than three letters match only at the "
        "beginning of a word.",
    )
    specialization = django_filters.CharFilter(
        max_length=LONGEST_SEARCH,
        label="The specialization; case does not matter.",
    )

    class Meta:
        model = DoctorProfile
        fields = ("search", "specialization")
