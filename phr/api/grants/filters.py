"""Filters of grants."""

import django_filters

from phr.care.choices import GrantStatus
from phr.care.models import CareGrant


class GrantFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        choices=GrantStatus.choices,
        label="What has become of it, as answers say it.",
        error_messages={"invalid_choice": "This is not one of the choices."},
    )

    class Meta:
        model = CareGrant
        fields = ("status",)
