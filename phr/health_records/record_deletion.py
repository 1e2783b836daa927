"""What becomes of a deleted record: its patient restores it, or it is purged."""

from collections import Counter, defaultdict
from uuid import UUID

import pghistory
import pgtrigger
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.core import events
from phr.core.errors import Conflict, NotFound
from phr.core.row_locks import lock_rows
from phr.health_records import account_limits
from phr.health_records.events import RecordRestored
from phr.health_records.ledger import access
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.health_records.record_rows import RecordRow, read_back, row_of
from phr.health_records.services import find_record

# What would keep another version of each row that is purged, or keep its versions.
IN_THE_WAY = (
    "health_records.HealthRecord:delete_delete",
    "health_records.DoctorComment:delete_delete",
    "health_records.RecordVersion:rows_are_only_added",
    "health_records.CommentVersion:rows_are_only_added",
)


class RecordNotDeleted(Conflict):
    code, title = "record_not_deleted", _("This record is not deleted")
    advice = _("You do not need to do anything.")


def find_deleted_record(*, actor: User, record_id: UUID) -> RecordRow:
    """Fetch a record that the actor has deleted and can bring back, without comments.

    :raises NotFound: there is none.
    """
    deleted = HealthRecord.objects.restorable_by(actor).with_author()
    found = deleted.filter(pk=record_id).first()
    if found is None:
        raise NotFound
    return row_of(found)


def restore_record(*, actor: User, record_id: UUID) -> RecordRow:
    """Bring back a record that the actor has deleted, with its comments.

    :raises NotFound: no such record, none of the actor's own, or deleted too long ago.
    :raises NotAllowed: the actor may read the record, but it is not theirs.
    :raises RecordNotDeleted: there is nothing to bring back.
    """
    record = restore_if_deleted(actor, record_id)
    if record is None:
        find_record(
            actor=actor,
            record_id=record_id,
            action=Action.RECORD_RESTORED,
            role=UserType.PATIENT,
        )
        raise RecordNotDeleted
    return read_back(actor, record)


@transaction.atomic
def restore_if_deleted(actor: User, record_id: UUID) -> HealthRecord | None:
    own = HealthRecord.objects.restorable_by(actor).with_author()
    locked = lock_rows(own)
    record = locked.filter(pk=record_id).first()
    if record is None:
        return None
    account_limits.count(actor, record)
    record.deleted_at = None
    record.version += 1
    with pghistory.context(user=str(actor.pk)):
        record.save(update_fields=["deleted_at", "version", "updated_at"])
    audit.note(actor, Action.RECORD_RESTORED, access([record]))
    events.emit(RecordRestored(record_id=record.pk, by=actor.pk))
    return record


def purge_batch(*, at_most: int) -> int:
    """Remove for good what can no longer be restored: records, comments, versions.

    Each call is one transaction, so that it may be killed at any moment; records that
    another call has in hand are left to that one.

    :returns: how many records are gone.
    """
    due = HealthRecord.objects.to_be_purged().order_by("deleted_at")
    return purge(due.select_for_update(skip_locked=True), at_most)["records"]


def purge_of_patient(*, patient_id: UUID, at_most: int) -> Counter[str]:
    """Remove records of somebody who leaves, with all that doctors have said on them.

    When no record is left, what is kept of records that were removed in other ways
    goes as well. A record that somebody has in hand is waited for.

    :returns: how many of what are gone; nothing once nothing is left.
    """
    own = HealthRecord.objects.filter(patient=patient_id).order_by("pk")
    gone = purge(own.select_for_update(of=("self",)), at_most)
    if not gone["records"]:
        gone += purge_versions(patient_id, at_most)
    return gone


def purge(locked: QuerySet[HealthRecord], at_most: int) -> Counter[str]:
    """:param locked: the records, to be locked when they are read."""
    with pgtrigger.ignore(*IN_THE_WAY), transaction.atomic():
        rows = list(locked.values_list("patient_id", "pk", "record_type")[:at_most])
        if not rows:
            return Counter()
        gone = remove([record_id for _, record_id, _ in rows])
        note_purged(rows)
    return gone


def purge_versions(patient_id: UUID, at_most: int) -> Counter[str]:
    versions = RecordVersion.objects.filter(patient=patient_id)
    with pgtrigger.ignore(*IN_THE_WAY), transaction.atomic():
        return remove(list(versions.values_list("id", flat=True).distinct()[:at_most]))


def remove(record_ids: list[UUID]) -> Counter[str]:
    """Remove records with everything about them, and say how many of what there was."""
    account_limits.release(record_ids)
    comments = DoctorComment.objects.filter(health_record__in=record_ids)
    comment_versions = CommentVersion.objects.filter(health_record__in=record_ids)
    versions = RecordVersion.objects.filter(id__in=record_ids)
    records = HealthRecord.objects.filter(pk__in=record_ids).only("pk")
    gone = Counter(comments=comments.delete()[0])
    gone["versions"] = comment_versions.delete()[0] + versions.delete()[0]
    gone["records"] = records.delete()[0]
    return +gone


def note_purged(rows: list[tuple[UUID, UUID, str]]) -> None:
    """Enter into each patient's ledger which of their records are gone."""
    by_patient = defaultdict(list)
    for patient_id, record_id, record_type in rows:
        by_patient[patient_id].append((record_id, record_type))
    gone = [
        Access(
            patient_id,
            "record",
            [record_id for record_id, _ in records],
            categories=[record_type for _, record_type in records],
            basis=Basis.NONE,
        )
        for patient_id, records in by_patient.items()
    ]
    audit.note(None, Action.RECORD_PURGED, *gone)
