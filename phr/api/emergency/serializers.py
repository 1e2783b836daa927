"""Emergency access as JSON: the patient is named in one of two ways."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail

from phr.api.fields import Choice, Day, Id, Line, StrictSerializer, Text
from phr.care.choices import EmergencyReason
from phr.care.models import LONGEST_REASON

NAMES = ("patient_id", "username", "date_of_birth")


class EmergencySerializer(StrictSerializer):
    """Why a doctor cannot wait for the patient."""

    reason_code = Choice(EmergencyReason.choices)
    reason = Line(
        max_length=LONGEST_REASON,
        help_text="The patient and the reviewing staff can read this.",
    )

    def why_not(self, name: str) -> ErrorDetail:
        if name in NAMES:
            text = _("Send either patient_id, or username and date_of_birth.")
            return ErrorDetail(text, "not_with_this")
        return super().why_not(name)


class EmergencyByIdSerializer(EmergencySerializer):
    """The patient by id."""

    patient_id = Id()


class EmergencyByNameSerializer(EmergencySerializer):
    """The patient by what can be asked of somebody at the door."""

    username = Text(max_length=150)
    date_of_birth = Day()


def names_by_username(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and "patient_id" not in data
        and ("username" in data or "date_of_birth" in data)
    )
