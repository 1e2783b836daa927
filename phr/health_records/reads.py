"""Reading records, comments, history, and the list of one's patients.

Each of these fetches what the reader may see, loads what belongs to it, and enters the
reading into the patients' ledgers, if it is not their own. What a face gets is whole:
it has nothing to look up, and nothing to remember.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.services import Access
from phr.care.grants import basis_of
from phr.core.errors import NotFound
from phr.core.keyset_pagination import Cursor, Page, page_of, read_page
from phr.health_records import history, record_rows, timeline
from phr.health_records.charts import Chart, PatientInCare, fetch_care
from phr.health_records.filters import RecordFilters
from phr.health_records.history import Change
from phr.health_records.ledger import (
    access,
    note_denied,
    note_denied_patient,
    note_reading,
)
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.my_patients import MyPatientRow, fetch_my_patients
from phr.health_records.panel import PanelFilters, PanelRow, fetch_panel
from phr.health_records.record_rows import RecordRow
from phr.health_records.timeline import Timeline


def list_records(
    reader: User, filters: RecordFilters, cursor: Cursor | None, size: int
) -> Page[RecordRow]:
    """One page of the records that the reader may see, with comments.

    :param size: how many at the most, up to 100.
    """
    page = record_rows.read_record_page(reader, filters, cursor, size)
    note_reading(reader, Action.RECORDS_LISTED, page.rows)
    return page


def open_record(*, actor: User, record_id: UUID) -> RecordRow:
    """Fetch one record for reading, with its comments.

    :raises NotFound: no such record, or none the actor may know about.
    """
    record = find_record_row(actor, record_id, Action.RECORD_OPENED)
    note_reading(actor, Action.RECORD_OPENED, [record])
    return record_rows.with_comments(actor, [record])[0]


def list_comments(
    reader: User, record_id: UUID, cursor: Cursor | None, size: int
) -> Page[DoctorComment]:
    """One page of the comments on one record, with their doctors.

    :param size: how many at the most.
    :raises NotFound: no such record, or none the reader may know about.
    """
    record = visible_record(reader, record_id)
    if record is None:
        note_denied(reader, Action.COMMENTS_READ, record_id)
        raise NotFound
    note_reading(reader, Action.COMMENTS_READ, [record])
    shown = DoctorComment.objects.filter(health_record=record).shown_to(reader)
    return page_of(shown.with_doctor(), "created_at", cursor, size)


def open_comment(*, actor: User, record_id: UUID, comment_id: UUID) -> DoctorComment:
    """Fetch one comment for reading, with its doctor.

    :raises NotFound: no such comment there, or none the actor may know about.
    """
    record = visible_record(actor, record_id)
    here = DoctorComment.objects.filter(health_record=record).shown_to(actor)
    comment = here.with_doctor().filter(pk=comment_id).first() if record else None
    if record is None or comment is None:
        note_denied(actor, Action.COMMENTS_READ, record_id)
        raise NotFound
    note_reading(actor, Action.COMMENTS_READ, [record])
    return comment


def list_changes(
    reader: User, record_id: UUID, cursor: Cursor | None, size: int
) -> Page[Change]:
    """One page of the history of a record and its comments, the latest change first.

    :param size: how many at the most.
    :raises NotFound: no such record, or none the reader may know about.
    """
    record = find_record_row(reader, record_id, Action.HISTORY_READ)
    fetch = partial(history.fetch_changes, reader, record_id)
    page = read_page(fetch, cursor, size)
    if reader.user_type != UserType.PATIENT:  # one's own reading is not entered
        read = access([record])
        types = {*read.categories, *types_shown(page.rows)}
        audit.note(reader, Action.HISTORY_READ, replace(read, categories=types))
    return page


def list_my_patients(
    doctor: User, cursor: Cursor | None, size: int
) -> Page[MyPatientRow]:
    """One page of the patients in a doctor's care.

    :param size: how many at the most.
    """
    page = read_page(partial(fetch_my_patients, doctor), cursor, size)
    note_patients(doctor, page.rows)
    return page


def list_panel(
    doctor: User, filters: PanelFilters, cursor: Cursor | None, size: int
) -> Page[PanelRow]:
    """As `list_my_patients`, in other orders, by words, and with what is new.

    :param cursor: of the same order.
    """
    page = read_page(partial(fetch_panel, doctor, filters), cursor, size)
    note_patients(doctor, page.rows)
    return page


def note_patients(doctor: User, patients: Iterable[MyPatientRow | PanelRow]) -> None:
    seen = [
        profile_seen(patient.id, patient.grant_id, patient.grant_origin)
        for patient in patients
    ]
    audit.note(doctor, Action.PATIENTS_LISTED, *seen)


def profile_seen(patient_id: UUID, grant_id: UUID, origin: str) -> Access:
    return Access(
        patient_id,
        "profile",
        [patient_id],
        grant_id=grant_id,
        basis=basis_of(origin),
    )


def open_chart(
    actor: User,
    filters: RecordFilters,
    cursor: Cursor | None,
    size: int,
    *,
    at: datetime,
) -> Chart:
    """Fetch a patient's chart for a doctor whom an open grant lets in.

    Who the patient is any such grant shows, whatever it covers: blood type and
    allergies are for everybody who treats somebody (`phr.care.profiles.visible_parts`).

    :param filters: which patient, and which of the records.
    :param size: of the page of records, how many at the most.
    :raises NotFound: no such patient, or none in the actor's care.
    """
    patient_id = filters.patient
    if patient_id is None:
        raise NotFound
    care = find_care(actor, patient_id, Action.CHART_OPENED, at)
    page = record_rows.read_record_page(actor, filters, cursor, size)
    if page.rows:
        note_reading(actor, Action.CHART_OPENED, page.rows)
    else:
        grant = care.grants[0]
        seen = profile_seen(patient_id, grant.pk, grant.origin)
        audit.note(actor, Action.CHART_OPENED, seen)
    return Chart(care, page, timeline.read_timeline(actor, care.patient, care.grants))


def find_care(
    actor: User, patient_id: UUID, action: Action, at: datetime
) -> PatientInCare:
    """Fetch who a patient is, to do something with their care.

    :param action: what is to be done, for the ledger if it is refused.
    :raises NotFound: no such patient, or none in the actor's care.
    """
    care = fetch_care(actor, patient_id, at)
    if care is None:
        note_denied_patient(actor, action, patient_id)
        raise NotFound
    return care


def own_timeline(patient: User) -> Timeline:
    """When all of one's own records were; a doctor's is part of the chart."""
    return timeline.read_timeline(patient, patient.patient_profile)


def find_record_row(actor: User, record_id: UUID, action: Action) -> RecordRow:
    """:raises NotFound: as `open_record`; the attempt is entered."""
    record = record_rows.fetch_record(actor, record_id)
    if record is None:
        note_denied(actor, action, record_id)
        raise NotFound
    return record


def visible_record(actor: User, record_id: UUID) -> HealthRecord | None:
    visible = HealthRecord.objects.visible_to(actor).with_grant_of(actor)
    return visible.filter(pk=record_id).first()


def types_shown(changes: Iterable[Change]) -> set[str]:
    """The record types in these changes, before or after."""
    sides = [side for change in changes for side in (change.before, change.after)]
    return {side["record_type"] for side in sides if side and "record_type" in side}
