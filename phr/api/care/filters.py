"""Filters of the doctors' directory, and of grants."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from phr.api.filters import LONGEST_SEARCH
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant, DoctorProfile
from phr.care.querysets import CareGrantQuerySet
from phr.core.text import fold


class DoctorFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="by_words",
        label="Words in name or specialization, in any case.",
        max_length=LONGEST_SEARCH,
    )
    specialization = django_filters.CharFilter(
        method="by_specialization",
        label="The specialization, in any case.",
        max_length=LONGEST_SEARCH,
    )

    class Meta:
        model = DoctorProfile
        fields = ("search", "specialization")

    def by_words(
        self, doctors: QuerySet[DoctorProfile], name: str, words: Any
    ) -> QuerySet[DoctorProfile]:
        return doctors.filter(search_text__contains=fold(words))

    def by_specialization(
        self, doctors: QuerySet[DoctorProfile], name: str, words: Any
    ) -> QuerySet[DoctorProfile]:
        # It is the last of the folded lines; what the database's own "in any case"
        # does with letters outside ASCII depends on its locale.
        return doctors.filter(search_text__endswith=fold("", words))


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
