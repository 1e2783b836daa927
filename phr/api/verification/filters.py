"""Filters of the licences that staff decide about."""

import django_filters

from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification


class VerificationFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        choices=VerificationStatus.choices,
        label="Submissions in one state; by default those that wait (PENDING).",
        error_messages={"invalid_choice": "This is not one of the choices."},
    )

    class Meta:
        model = DoctorVerification
        fields = ("status",)
