"""Rows of an archive's shapes: the same ids and times, checked as any row is."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.db.models import Model

from phr.accounts.models import User
from phr.archive.contents import account, care, inbox_and_log, records
from phr.archive.formats import newest
from phr.archive.formats.base import ArchiveModel
from phr.archive.reader import ArchiveRefused
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.mail_addresses import normalized
from phr.core.single_line import as_one_line
from phr.core.time_zones import is_time_zone
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.health_records.visit_times import columns_of
from phr.notifications.models import Notification

# Archives come from elsewhere, and from before such texts were looked at.
OF_ONE_LINE = {
    *("first_name", "last_name", "emergency_contact", "specialization"),
    *("title", "message", "reason", "decision_reason", "end_reason"),
}
ASCII_BLANKS = " \t\n\v\f\r"
UNTITLED = "(untitled)"


def saved(row: Model) -> None:
    """Add a row exactly as it is, including times that saving would overwrite.

    What the model's own rules say of each value holds here, too, but for what may be
    blank: that, and what they say of several values, the database says.

    :raises ArchiveRefused: a value is not what the field takes.
    """
    fields = row._meta.fields
    relations = {field.name for field in fields if field.is_relation}
    blank = {f.name for f in fields if getattr(row, f.attname) in EMPTY_VALUES}
    try:
        row.clean_fields(exclude=relations | blank)
    except ValidationError as error:
        name = row._meta.verbose_name
        wrong = ", ".join(sorted(error.message_dict))
        raise ArchiveRefused(f"A {name} has an invalid value: {wrong}.") from None
    row.save_base(raw=True, force_insert=True)


def taken(shape: ArchiveModel, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of these columns; what is to be one line is made one."""
    values = {name: getattr(shape, name) for name in names}
    lines = {name: line_of(name, values[name]) for name in OF_ONE_LINE & {*names}}
    return values | lines


def line_of(name: str, text: str) -> str:
    """One line of a text; a title of which nothing can be seen says so.

    Such titles were stored before they were looked at, and nobody's own export is to be
    refused for one. Blank ones never were stored, and the database refuses them.
    """
    line = as_one_line(text)
    is_unseen = not line and text.strip(ASCII_BLANKS)
    return UNTITLED if name == "title" and is_unseen else line


def user_of(shape: newest.User) -> User:
    """Nobody can sign in before a password is set by the reset mail."""
    user = User(**taken(shape, account.USER))
    if not is_time_zone(user.time_zone):  # it may be known elsewhere
        user.time_zone = ""
    with suppress(ValidationError):  # `saved` will say so
        user.email = normalized(user.email)
    user.set_unusable_password()
    return user


def patient_of(shape: newest.Patient, user: User) -> PatientProfile:
    return PatientProfile(user=user, **taken(shape, account.PATIENT))


def person_of(shape: newest.Person) -> User:
    """A person who does not exist here; nobody can sign in as them."""
    person = User(
        **taken(shape, care.PERSON),
        username=f"archived-{shape.id.replace('-', '')}",
        is_active=False,
        is_staff=shape.user_type == "ADMIN",
    )
    person.set_unusable_password()
    return person


def doctor_of(shape: newest.Doctor) -> DoctorProfile:
    """A doctor who does not exist here, and who is not verified here."""
    return DoctorProfile(
        id=shape.id,
        user_id=shape.user,
        **taken(shape, ("specialization", "years_of_experience")),
    )


def grant_of(shape: newest.Grant) -> CareGrant:
    people = {f"{name}_id": getattr(shape, name) for name in care.GRANT_PEOPLE}
    return CareGrant(**taken(shape, care.GRANT), **people)


def emergency_of(shape: newest.Emergency, grant: CareGrant) -> EmergencyAccess:
    return EmergencyAccess(
        grant=grant,
        reviewed_by_id=shape.reviewed_by,
        **taken(shape, care.EMERGENCY),
    )


def record_of(shape: newest.Record) -> HealthRecord:
    record = HealthRecord(
        patient_id=UUID(shape.patient),
        created_by_id=shape.created_by,
        **taken(shape, records.RECORD) | visit_of(shape),
    )
    record.note_words()
    return record


def record_version_of(
    shape: newest.RecordVersion, record: HealthRecord
) -> RecordVersion:
    return RecordVersion(
        id=record.pk,
        patient_id=record.patient_id,
        **change_of(shape),
        **taken(shape, records.RECORD_VERSION) | visit_of(shape),
    )


def visit_of(shape: newest.RecordContent) -> dict[str, Any]:
    """The columns of a visit; archives from before have them all in UTC.

    :raises ArchiveRefused: there is no such day or time.
    """
    try:
        return columns_of(datetime.fromisoformat(shape.visit_date))
    except (ValueError, OverflowError):
        raise ArchiveRefused("A visit_date is not a time.") from None


def comment_of(shape: newest.Comment, record: HealthRecord) -> DoctorComment:
    return DoctorComment(
        health_record=record,
        doctor_id=shape.doctor,
        **taken(shape, records.COMMENT),
    )


def comment_version_of(
    shape: newest.CommentVersion, record: HealthRecord, comment: newest.FormerComment
) -> CommentVersion:
    return CommentVersion(
        id=comment.id,
        health_record_id=record.pk,
        doctor_id=comment.doctor,
        **change_of(shape),
        **taken(shape, records.COMMENT_VERSION),
    )


def change_of(shape: newest.Change) -> dict[str, Any]:
    changer = shape.changed_by
    return {
        "pgh_id": shape.id,
        "pgh_created_at": shape.changed_at,
        "pgh_label": shape.change,
        "pgh_context": {"user": changer} if changer else None,
    }


def notification_of(shape: newest.Notification, recipient: User) -> Notification:
    return Notification(recipient=recipient, **taken(shape, inbox_and_log.NOTIFICATION))
