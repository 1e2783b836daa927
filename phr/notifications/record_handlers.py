"""Who is told about records and comments."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.models import CareGrant
from phr.core.events import subscribe
from phr.core.languages import filled
from phr.core.models import OutboxEvent
from phr.health_records.events import (
    CommentAdded,
    CommentEvent,
    CommentPublished,
    RecordCreated,
    RecordEvent,
    RecordRestored,
)
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.inbox_limits import Line, named
from phr.notifications.models import NotificationType
from phr.notifications.notify import notify


def doctors_covering(record: HealthRecord) -> list[User]:
    """The doctors who may read the record now."""
    grants = CareGrant.objects.open_now().filter(patient=record.patient_id)
    covering = grants.covering(record.record_type, record.visit_day)
    doctors = User.objects.filter(doctor_profile__care_grants__in=covering)
    return list(doctors.order_by("pk"))


@subscribe(RecordCreated)
def notify_doctors(event: RecordCreated, row: OutboxEvent) -> None:
    notify_of_record(
        event, row, _("New health record"), _("%(patient)s has added a health record.")
    )


@subscribe(RecordRestored)
def notify_doctors_again(event: RecordRestored, row: OutboxEvent) -> None:
    notify_of_record(
        event,
        row,
        _("Health record restored"),
        _("%(patient)s has restored a deleted health record."),
    )


def notify_of_record(
    event: RecordEvent, row: OutboxEvent, title: Promise, message: Promise
) -> None:
    """:param message: with %(patient)s where the name is to stand."""
    records = HealthRecord.objects.live().select_related("patient__user")
    record = records.filter(pk=event.record_id).first()
    if record is None:
        return  # deleted before anybody was told
    notify(
        row,
        doctors_covering(record),
        Line(
            NotificationType.NEW_RECORD,
            title,
            filled(message, patient=named(record.patient)),
            about=record.patient,
        ),
    )


@subscribe(CommentAdded)
def notify_patient_and_other_doctors(event: CommentAdded, row: OutboxEvent) -> None:
    comment = comment_of(event)
    if comment is None:
        return  # taken back before anybody was told
    record, author = comment.health_record, comment.doctor.user
    readers = [user for user in doctors_covering(record) if user != author]
    if not comment.is_private:
        readers.append(record.patient.user)
    notify_of_comment(row, comment, readers)


def comment_of(event: CommentEvent) -> DoctorComment | None:
    comments = DoctorComment.objects.filter(health_record__deleted_at=None)
    related = comments.select_related("health_record__patient__user", "doctor__user")
    return related.filter(pk=event.comment_id).first()


def notify_of_comment(
    row: OutboxEvent, comment: DoctorComment, readers: Iterable[User]
) -> None:
    patient = comment.health_record.patient
    notify(
        row,
        readers,
        Line(
            NotificationType.COMMENT_ADDED,
            _("New comment"),
            filled(
                _("%(doctor)s has commented on a health record of %(patient)s."),
                doctor=named(comment.doctor),
                patient=named(patient),
            ),
            about=patient,
        ),
    )


@subscribe(CommentPublished)
def notify_patient(event: CommentPublished, row: OutboxEvent) -> None:
    """Of a comment that was private before; the doctors have been told already."""
    comment = comment_of(event)
    if comment is None or comment.is_private:
        return
    notify_of_comment(row, comment, [comment.health_record.patient.user])
