"""Filters of grants."""

import django_filters

from phr.care.choices import GrantStatus
from phr.care.models import CareGrant


class GrantFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        choices=GrantStatus.choices,
        label="The state of the grant, as in responses.",
        error_messages={"invalid_choice": "This is not one of the choices."},
    )

    class Meta:
        model = CareGrant
        fields = ("status",)
