"""Filters of grants."""

from typing import Any

import django_filters

from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.care.querysets import CareGrantQuerySet


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
