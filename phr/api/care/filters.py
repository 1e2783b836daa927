"""Filters of the doctors' directory, and of grants."""

from typing import Any

import django_filters

from phr.api.filters import LONGEST_SEARCH
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant, DoctorProfile
from phr.care.querysets import CareGrantQuerySet, DoctorProfileQuerySet


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


class GrantFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        choices=GrantStatus.choices,
        method="in_state",
        label="What has become of it, as answers say it.",
        error_messages={"invalid_choice": "This is not one of the choices."},
    )

    class Meta:
        model = CareGrant
        fields = ("status",)

    def in_state(
        self, grants: CareGrantQuerySet, name: str, state: Any
    ) -> CareGrantQuerySet:
        return grants.in_state(state)
