"""Filters of the doctors' directory."""

from typing import Any

import django_filters

from phr.api.filters import LONGEST_SEARCH
from phr.care.models import DoctorProfile
from phr.care.querysets import DoctorProfileQuerySet


class DoctorFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        label="Words in name or specialization, in any order and case, without regard "
        "to accents and titles; of fewer than three letters, where words begin.",
    )
    specialization = django_filters.CharFilter(
        method="by_specialization",
        max_length=LONGEST_SEARCH,
        label="The specialization, in any case.",
    )

    class Meta:
        model = DoctorProfile
        fields = ("search", "specialization")

    def by_words(
        self, doctors: DoctorProfileQuerySet, name: str, words: Any
    ) -> DoctorProfileQuerySet:
        return doctors.mentioning(words)

    def by_specialization(
        self, doctors: DoctorProfileQuerySet, name: str, words: Any
    ) -> DoctorProfileQuerySet:
        return doctors.specialized_in(words)
