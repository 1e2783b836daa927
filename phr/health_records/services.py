"""Writing health records."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.core import events
from phr.core.errors import Invalid, NotAllowed, NotFound
from phr.core.preconditions import refuse_stale
from phr.core.row_locks import lock_rows
from phr.health_records import account_limits
from phr.health_records.events import RecordCreated
from phr.health_records.ledger import access, note_denied
from phr.health_records.models import EARLIEST_VISIT, SEARCHED, HealthRecord
from phr.health_records.record_rows import RecordRow, read_back, row_of
from phr.health_records.visit_times import columns_of

VISITS_AHEAD = timedelta(days=1)


class VisitDateOutOfRange(Invalid):
    code = "visit_date_out_of_range"
    advice = _("The visit is before 1900 or more than a day in the future.")
    title = _("Choose a visit date from 1900 until tomorrow.")


def find_record(
    *, actor: User, record_id: UUID, action: Action, role: UserType
) -> HealthRecord:
    """Fetch one record to change it, or to comment on it.

    :param action: what is to be done, for the ledger if it is refused.
    :param role: whose this is to do: the patient's, or a doctor's.
    :raises NotFound: no such record, or none the actor may know about.
    :raises NotAllowed: the actor may read it, but not do this with it.
    """
    visible = HealthRecord.objects.visible_to(actor).with_author()
    record = visible.filter(pk=record_id).first()
    if record is None:
        note_denied(actor, action, record_id)
        raise NotFound
    if actor.user_type != role:
        note_denied(actor, action, record_id)
        raise NotAllowed
    return record


@transaction.atomic
def create_record(*, actor: User, now: datetime, **values: Any) -> RecordRow:
    """Add a record to the actor's own health history and tell their doctors.

    :param values: the record's fields by name; `visit_date` with its offset.
    :raises NotAllowed: only patients keep records.
    :raises VisitDateOutOfRange: as it says.
    :raises AccountLimitReached, AccountIsFull: as `account_limits.count`.
    """
    if actor.user_type != UserType.PATIENT:
        raise NotAllowed(_("Only patients may create health records."))
    check_visit_date(values["visit_date"], now)
    values |= columns_of(values["visit_date"])
    record = HealthRecord(patient=actor.patient_profile, created_by=actor, **values)
    account_limits.count(actor, record)
    record.note_words()
    record.save(force_insert=True)
    audit.note(actor, Action.RECORD_CREATED, access([record]))
    events.emit(RecordCreated(record_id=record.pk, by=actor.pk))
    return row_of(record)


def check_visit_date(visit_date: datetime, now: datetime) -> None:
    if not EARLIEST_VISIT <= visit_date <= now + VISITS_AHEAD:
        raise VisitDateOutOfRange(field="visit_date")


@transaction.atomic
def change_record(
    *,
    actor: User,
    record_id: UUID,
    now: datetime,
    values: Mapping[str, Any],
    expected: Collection[str] | None = None,
) -> RecordRow:
    """Change a record; its version goes up by one if anything differs.

    :param values: new values of its fields, by name; `visit_date` with its offset.
    :param expected: versions that it may have; None for any.
    :raises NotFound: no such record, or none of the actor's own.
    :raises ChangedMeanwhile: it has another version, and would be changed.
    :raises VisitDateOutOfRange: as it says.
    :raises AccountLimitReached, AccountIsFull: as `account_limits.count`.
    """
    record = lock_own_record(actor, record_id)
    if "visit_date" in values:
        check_visit_date(values["visit_date"], now)
        values = {**values, **columns_of(values["visit_date"])}
    changed = [name for name in values if getattr(record, name) != values[name]]
    if not changed:
        return read_back(actor, record)
    refuse_stale(expected, str(record.version))
    for name in changed:
        setattr(record, name, values[name])
    account_limits.count(actor, record)
    record.version += 1
    with pghistory.context(user=str(actor.pk)):
        save_changed(record, changed)
    audit.note(actor, Action.RECORD_CHANGED, access([record]))
    return read_back(actor, record)


def save_changed(record: HealthRecord, changed: list[str]) -> None:
    """Write these columns alone; the words only if they may be others now.

    They may be as long as the texts, and PostgreSQL would store them again.
    """
    columns = [*changed, "version", "updated_at"]
    if not SEARCHED.isdisjoint(changed):
        record.note_words()
        columns.append("search_words")
    record.save(update_fields=columns)


@transaction.atomic
def delete_record(
    *,
    actor: User,
    record_id: UUID,
    at: datetime,
    expected: Collection[str] | None = None,
) -> None:
    """Take a record out of everybody's sight; the row stays for a while.

    :param expected: versions that it may have; None for any.
    :raises ChangedMeanwhile: it has another one.
    :raises NotFound: no such record, or none of the actor's own.
    """
    record = lock_own_record(actor, record_id)
    refuse_stale(expected, str(record.version))
    account_limits.count_removal(actor, record)
    record.deleted_at = at
    record.version += 1
    with pghistory.context(user=str(actor.pk)):
        record.save(update_fields=["deleted_at", "version", "updated_at"])
    audit.note(actor, Action.RECORD_DELETED, access([record]))


def lock_own_record(actor: User, record_id: UUID) -> HealthRecord:
    own = HealthRecord.objects.editable_by(actor).with_author()
    locked = lock_rows(own)
    record = locked.filter(pk=record_id).first()
    if record is None:
        raise NotFound
    return record
