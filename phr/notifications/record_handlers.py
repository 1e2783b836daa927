"""Who is told about records and comments."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.models import CareGrant
from phr.core.events import Delivery
from phr.core.languages import filled
from phr.health_records.events import (
    CommentAdded,
    CommentEvent,
    CommentPublished,
    RecordCreated,
    RecordEvent,
    RecordRestored,
)
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.querysets import VISIT_DAY_OUTSIDE
from phr.notifications.inbox_limits import Line, News, named
from phr.notifications.models import NotificationType
from phr.notifications.notify import tells

Readers = Mapping[UUID, Sequence[User]]

# Title and message, with %(patient)s where the name is to stand.
OF_RECORDS = {
    RecordCreated: (
        _("New health record"),
        _("%(patient)s has added a health record."),
    ),
    RecordRestored: (
        _("Health record restored"),
        _("%(patient)s has restored a deleted health record."),
    ),
}


def doctors_covering(record_ids: Iterable[UUID]) -> Readers:
    """For each of these records the doctors who may read it now."""
    of_patient = CareGrant.objects.open_now().filter(patient=OuterRef("patient"))
    covering = of_patient.covering(OuterRef("record_type"), VISIT_DAY_OUTSIDE)
    user_ids = covering.order_by("doctor__user_id").values("doctor__user_id").distinct()
    records = HealthRecord.objects.filter(pk__in=set(record_ids))
    reading = dict(records.values_list("pk", ArraySubquery(user_ids)))
    users = User.objects.in_bulk({each for ids in reading.values() for each in ids})
    return {
        record_id: [users[user_id] for user_id in ids]
        for record_id, ids in reading.items()
    }


@tells(*OF_RECORDS)
def news_of_records(deliveries: Sequence[Delivery[RecordEvent]]) -> Iterator[News]:
    """Of those that were not deleted before anybody was told."""
    records = HealthRecord.objects.live().select_related("patient__user")
    # Whose they are, and none of their texts.
    found = records.only("patient").in_bulk(
        [each.event.record_id for each in deliveries]
    )
    doctors = doctors_covering(found)
    for each in deliveries:
        record = found.get(each.event.record_id)
        if record is not None:
            title, message = OF_RECORDS[type(each.event)]
            said = filled(message, patient=named(record.patient))
            line = Line(NotificationType.NEW_RECORD, title, said, record.patient)
            yield News(each.row, doctors[record.pk], line)


@tells(CommentAdded, CommentPublished)
def news_of_comments(deliveries: Sequence[Delivery[CommentEvent]]) -> Iterator[News]:
    """Of those that were not taken back before anybody was told."""
    comments = DoctorComment.objects.filter(health_record__deleted_at=None)
    related = comments.select_related("health_record__patient__user", "doctor__user")
    found = related.only("is_private", "doctor", "health_record__patient").in_bulk(
        [each.event.comment_id for each in deliveries]
    )
    doctors = doctors_covering(comment.health_record_id for comment in found.values())
    for each in deliveries:
        comment = found.get(each.event.comment_id)
        if comment is not None:
            readers = who_hear_of(comment, each.event, doctors)
            yield News(each.row, readers, line_of(comment))


def who_hear_of(
    comment: DoctorComment, event: CommentEvent, doctors: Readers
) -> list[User]:
    """Who may read it, except its author; of one that was private before the patient
    alone, since the doctors have been told already."""
    record, author = comment.health_record, comment.doctor.user
    readers = [] if comment.is_private else [record.patient.user]
    if isinstance(event, CommentAdded):
        readers += [user for user in doctors[record.pk] if user != author]
    return readers


def line_of(comment: DoctorComment) -> Line:
    patient = comment.health_record.patient
    message = filled(
        _("%(doctor)s has commented on a health record of %(patient)s."),
        doctor=named(comment.doctor),
        patient=named(patient),
    )
    return Line(NotificationType.COMMENT_ADDED, _("New comment"), message, patient)
