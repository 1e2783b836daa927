"""Health records and comments as JSON: what is taken."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from phr.api.fields import Choice, Flag, Line, Moment, StrictSerializer, Text
from phr.care.choices import RecordType
from phr.health_records.models import (
    LONGEST_COMMENT,
    LONGEST_TEXT,
    LONGEST_TITLE,
)
from phr.health_records.visit_times import FURTHEST_OFFSET, MINUTE


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
        "no_such_offset": _("Use an offset from -14:00 to +14:00, in whole minutes.")
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
