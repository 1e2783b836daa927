"""Health records and comments as JSON."""

from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from phr.api.accounts.serializers import DoctorSerializer, UserSerializer
from phr.api.fields import Choice, Flag, Id, Line, Moment, StrictSerializer, Text, Whole
from phr.care.choices import RecordType
from phr.health_records.history import COMMENT_FIELDS
from phr.health_records.models import (
    LONGEST_COMMENT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    RECORD_FIELDS,
)
from phr.health_records.visit_times import FURTHEST_OFFSET, MINUTE

CHANGED_FIELDS = [*RECORD_FIELDS, *COMMENT_FIELDS]
CHANGED_OBJECTS = ["record", "comment"]


def long_text() -> Text:
    return Text(
        max_length=LONGEST_TEXT,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
    )


class VisitTime(Moment):
    """The time of a visit: the offset of its zone is kept, and so must be a clock's."""

    default_error_messages = {
        "no_such_offset": "Use an offset from -14:00 to +14:00, in whole minutes."
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        super().enforce_timezone(value)
        offset = value.utcoffset() or timedelta(0)
        if offset % MINUTE or abs(offset) > FURTHEST_OFFSET * MINUTE:
            self.fail("no_such_offset")
        return value


class RecordInputSerializer(StrictSerializer):
    """What a patient writes in a record."""

    record_type = Choice(RecordType.choices)
    title = Line(max_length=LONGEST_TITLE)
    description = long_text()
    symptoms = long_text()
    diagnosis = long_text()
    treatment = long_text()
    medications = long_text()
    visit_date = VisitTime(
        help_text="A time with its zone; the offset is kept. From 1900 until one day "
        "from now."
    )

    class Meta:
        answered = (
            "id",
            "patient",
            "created_by",
            "version",
            "created_at",
            "updated_at",
            "doctor_comments",
        )


class CommentInputSerializer(StrictSerializer):
    """What a doctor writes about a record."""

    comment = Text(max_length=LONGEST_COMMENT)
    is_private = Flag(required=False, help_text="Hidden from the patient.")

    class Meta:
        answered = ("id", "doctor", "created_at", "updated_at")


class CommentSerializer(serializers.Serializer[Any]):
    """A doctor's comment on a record."""

    id = Id()
    comment = Text()
    is_private = serializers.BooleanField()
    doctor = DoctorSerializer()
    created_at = Moment()
    updated_at = Moment()


class HealthRecordSerializer(serializers.Serializer[Any]):
    """A health record, with the comments that the reader may see, newest first."""

    id = Id()
    patient = Id()
    record_type = Choice(RecordType.choices)
    title = Text()
    description = Text()
    symptoms = Text()
    diagnosis = Text()
    treatment = Text()
    medications = Text()
    visit_date = Moment(help_text="With the offset that it was written with.")
    created_by = UserSerializer()
    version = Whole(min_value=1)
    created_at = Moment()
    updated_at = Moment()
    doctor_comments = CommentSerializer(many=True)


class ListedRecordSerializer(HealthRecordSerializer):
    """A record in a list; `deleted_at` only where deleted ones are asked for."""

    deleted_at = Moment(
        required=False, help_text="Only in the list of deleted records."
    )


@extend_schema_field({"type": ["string", "boolean", "null"]})
class AnyValue(serializers.Field[Any, Any, Any, Any]):
    """A value of whichever field it is about."""


class PersonsNameSerializer(serializers.Serializer[Any]):
    """Who did something."""

    id = Id()
    first_name = Text()
    last_name = Text()


class DifferenceSerializer(serializers.Serializer[Any]):
    """One field that a change has changed; null where there was or is nothing."""

    field = Choice(CHANGED_FIELDS)
    before = AnyValue()
    after = AnyValue()


class ChangeSerializer(serializers.Serializer[Any]):
    """One change of a record or of one of its comments."""

    id = Id()
    at = Moment()
    by = PersonsNameSerializer(allow_null=True)
    object = Choice(CHANGED_OBJECTS)
    object_id = Id()
    version = Whole(min_value=2, help_text="The version that this change created.")
    kind = Choice(["changed", "deleted", "restored"])
    changes = DifferenceSerializer(many=True)
