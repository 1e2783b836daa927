"""Filters of grants."""

import django_filters

from phr.api.filters import ChoiceFilter
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant


class GrantFilter(django_filters.FilterSet):
    status = ChoiceFilter(GrantStatus, "The state of the grant, as in responses.")

    class Meta:
        model = CareGrant
        fields = ("status",)
