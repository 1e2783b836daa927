"""Filters of the licences that staff decide about."""

import django_filters

from phr.api.filters import ChoiceFilter
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification


class VerificationFilter(django_filters.FilterSet):
    status = ChoiceFilter(
        VerificationStatus,
        "Submissions in one state; by default those that wait (PENDING).",
    )

    class Meta:
        model = DoctorVerification
        fields = ("status",)
