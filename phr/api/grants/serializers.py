"""Grants as JSON: what is taken."""

from typing import Any

from phr.api.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Items,
    Line,
    Moment,
    StrictSerializer,
)
from phr.care.choices import RecordType
from phr.care.models import LONGEST_REASON


def reason_field() -> Line:
    return Line(
        max_length=LONGEST_REASON,
        required=False,
        allow_blank=True,
        help_text="A reason that the other side can read.",
    )


class RecordTypes(Items):
    """Types of record, each once, in the order of their names; none means all."""

    child = Choice(RecordType.choices)

    def to_internal_value(self, data: Any) -> list[str]:
        return sorted(set(super().to_internal_value(data)))


class TermsSerializer(StrictSerializer):
    """How far a grant goes and how long; what is left out stays as it is."""

    record_types = RecordTypes(
        required=False, max_length=100, help_text="An empty list means all types."
    )
    records_since = Day(
        required=False,
        allow_null=True,
        help_text="Only visits on or after this date, in the local time of the visit.",
    )
    expires_at = Moment(required=False, allow_null=True, help_text="Null means no end.")
    is_primary = Flag(required=False, help_text="As the patient's primary doctor.")

    class Meta:
        answered = (
            "id",
            "patient",
            "doctor",
            "status",
            "origin",
            "starts_at",
            "requested_at",
            "decided_at",
            "ended_at",
            "reason",
            "decision_reason",
            "end_reason",
        )


class AcceptSerializer(TermsSerializer):
    """Terms that differ from what the doctor has asked for, which is everything."""

    reason = reason_field()


class InvitationSerializer(AcceptSerializer):
    """A patient lets a doctor in; what is left out means everything, without end."""

    doctor_id = Id()


class AskForAccessSerializer(StrictSerializer):
    """A doctor asks a patient for access."""

    patient_id = Id()
    reason = reason_field()

    class Meta(TermsSerializer.Meta):
        pass


class ReasonSerializer(StrictSerializer):
    reason = reason_field()


class QuestionSerializer(StrictSerializer):
    """Which doctor, and which record."""

    doctor = Id()
    record = Id()
