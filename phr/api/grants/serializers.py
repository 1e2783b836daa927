"""Grants as JSON: what is taken, and what is answered."""

from typing import Any

from rest_framework import serializers

from phr.api.accounts.serializers import DoctorSerializer, NameSerializer
from phr.api.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Items,
    Line,
    Moment,
    StrictSerializer,
    Text,
    Whole,
)
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.closed_grants import CLOSED
from phr.care.models import LONGEST_REASON
from phr.health_records.access_explanation import SENTENCES


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


class GrantPatientSerializer(serializers.Serializer[Any]):
    """The patient; a doctor reads the name only while the grant is open."""

    id = Id()
    user = NameSerializer(allow_null=True)


class GrantSerializer(serializers.Serializer[Any]):
    """Why, how far and how long a doctor may read; no record types means all."""

    id = Id()
    patient = GrantPatientSerializer()
    doctor = DoctorSerializer()
    status = Choice(GrantStatus.choices)
    origin = Choice(GrantOrigin.choices)
    is_primary = serializers.BooleanField()
    record_types = serializers.ListField(child=Choice(RecordType.choices))
    records_since = Day(allow_null=True)
    starts_at = Moment()
    expires_at = Moment(allow_null=True)
    requested_at = Moment()
    decided_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    # Left out for staff: patient and doctor speak to each other in them.
    reason = Text(allow_blank=True, required=False)
    decision_reason = Text(allow_blank=True, required=False)
    end_reason = Text(allow_blank=True, required=False)


class HiddenSerializer(serializers.Serializer[Any]):
    """Why records are not shown: the grant opens nothing, or not these."""

    closed = Choice([str(why) for why in CLOSED], allow_null=True)
    other_types = Whole(min_value=0)
    earlier_visits = Whole(min_value=0)


class RecordSummarySerializer(serializers.Serializer[Any]):
    id = Id()
    record_type = Choice(RecordType.choices)
    title = Text()
    visit_date = Moment()


class PreviewSerializer(serializers.Serializer[Any]):
    """A page of exactly the records that the doctor can see, and the figures."""

    visible = Whole(min_value=0)
    total = Whole(min_value=0)
    hidden = HiddenSerializer()
    because = Text()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RecordSummarySerializer(many=True)


class QuestionSerializer(StrictSerializer):
    """Which doctor, and which record."""

    doctor = Id()
    record = Id()


class ExplanationSerializer(serializers.Serializer[Any]):
    """Whether a doctor can see a record, and why, in a sentence and in data."""

    doctor = Id()
    record = Id()
    can_see = serializers.BooleanField()
    code = Choice(list(SENTENCES))
    sentence = Text()
    grant = GrantSerializer(allow_null=True)
