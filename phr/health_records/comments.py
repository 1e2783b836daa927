"""What doctors say about the records they can see."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.services import Access
from phr.care.grants import basis_of
from phr.care.models import CareGrant, DoctorProfile
from phr.core import events
from phr.core.errors import NotAllowed, NotFound
from phr.core.preconditions import refuse_stale
from phr.core.row_locks import lock_rows
from phr.health_records import account_limits
from phr.health_records.events import CommentAdded, CommentPublished
from phr.health_records.ledger import note_denied
from phr.health_records.models import DoctorComment, HealthRecord


@transaction.atomic
def add_comment(
    *, actor: User, record_id: UUID, comment: str, is_private: bool = False
) -> DoctorComment:
    """Comment on a record and tell the patient, unless it is private, and the doctors.

    Grant and record stay locked until the comment is there, so that a patient who ends
    the one or deletes the other meanwhile does so before the comment, which is then
    refused, or after.

    :raises NotFound: no such record, or no open grant that covers it.
    :raises AccountLimitReached, AccountIsFull: as `account_limits.count`.
    """
    open_to_comments = HealthRecord.objects.commentable_by(actor).filter(pk=record_id)
    record = open_to_comments.first()
    grant = lock_grant(actor, record) if record else None
    record = lock_rows(open_to_comments).first() if grant else None
    if record is None or grant is None:
        raise NotFound
    doctor = DoctorProfile.objects.select_related("user").get(user=actor)
    added = DoctorComment(
        health_record=record, doctor=doctor, comment=comment, is_private=is_private
    )
    account_limits.count(actor, added)
    added.save(force_insert=True)
    note_comment(actor, Action.COMMENT_ADDED, added, grant)
    events.emit(CommentAdded(comment_id=added.pk, by=actor.pk))
    return added


def lock_grant(actor: User, record: HealthRecord) -> CareGrant | None:
    """Hold the grant that opens this record to a doctor until the transaction ends.

    And the doctor's row: a verification that is taken back meanwhile closes it as well.
    """
    covering = CareGrant.objects.open_to(actor).filter(patient=record.patient_id)
    both = covering.select_related("doctor")
    locked = both.select_for_update(no_key=True, of=("self", "doctor"))
    return locked.covering(record.record_type, record.visit_day).first()


def find_comment(
    *, actor: User, record_id: UUID, comment_id: UUID, action: Action
) -> DoctorComment:
    """Fetch one comment to change it.

    :param action: what is to be done, for the ledger if it is refused.
    :raises NotFound: no such comment there, or none the actor may know about.
    :raises NotAllowed: the actor may read it, but did not write it.
    """
    here = DoctorComment.objects.filter(pk=comment_id, health_record=record_id)
    comment = here.visible_to(actor).with_doctor().first()
    if comment is None:
        note_denied(actor, action, record_id)
        raise NotFound
    if not here.editable_by(actor).exists():
        note_denied(actor, action, record_id)
        raise NotAllowed(_("Only the author may change a comment."))
    return comment


@transaction.atomic
def change_comment(
    *,
    actor: User,
    comment_id: UUID,
    values: Mapping[str, Any],
    expected: Collection[str] | None = None,
) -> DoctorComment:
    """Change what one wrote; its version goes up by one if anything differs.

    :param values: comment, is_private, or both.
    :param expected: versions that it may have; None for any.
    :raises ChangedMeanwhile: it has another version, and would be changed.
    :raises NotFound: no such comment, not the actor's, or no open grant any more.
    """
    comment, grant = lock_own_comment(actor, comment_id)
    if all(getattr(comment, name) == value for name, value in values.items()):
        return comment
    refuse_stale(expected, str(comment.version))
    was_private = comment.is_private
    for name, value in values.items():
        setattr(comment, name, value)
    account_limits.count(actor, comment)
    comment.version += 1
    with pghistory.context(user=str(actor.pk)):
        comment.save()
    note_comment(actor, Action.COMMENT_CHANGED, comment, grant)
    if was_private and not comment.is_private:
        events.emit(CommentPublished(comment_id=comment.pk, by=actor.pk))
    return comment


@transaction.atomic
def delete_comment(
    *, actor: User, comment_id: UUID, expected: Collection[str] | None = None
) -> None:
    """Take back what one wrote.

    :param expected: versions that it may have; None for any.
    :raises ChangedMeanwhile: it has another one.
    :raises NotFound: no such comment, not the actor's, or no open grant any more.
    """
    comment, grant = lock_own_comment(actor, comment_id)
    refuse_stale(expected, str(comment.version))
    note_comment(actor, Action.COMMENT_DELETED, comment, grant)
    with pghistory.context(user=str(actor.pk)):
        comment.delete()


def lock_own_comment(actor: User, comment_id: UUID) -> tuple[DoctorComment, CareGrant]:
    own = DoctorComment.objects.editable_by(actor).with_doctor()
    locked = lock_rows(own.select_related("health_record"))
    comment = locked.filter(pk=comment_id).first()
    grant = lock_grant(actor, comment.health_record) if comment else None
    if comment is None or grant is None:
        raise NotFound
    return comment, grant


def note_comment(
    actor: User, action: Action, comment: DoctorComment, grant: CareGrant
) -> None:
    record = comment.health_record
    written = Access(
        record.patient_id,
        "comment",
        [comment.pk],
        categories=[record.record_type],
        grant_id=grant.pk,
        basis=basis_of(grant.origin),
    )
    audit.note(actor, action, written)
