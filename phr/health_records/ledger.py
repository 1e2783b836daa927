"""What the ledger says of health records that somebody has read, or tried to."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.grants import basis_of
from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from phr.health_records.record_rows import RecordRow

Seen = HealthRecord | RecordRow


def note_reading(actor: User, action: Action, records: Iterable[Seen]) -> None:
    """Enter a doctor's reading into the ledgers of the patients whose records they are.

    :param records: with `grant_id` and `grant_origin`, which say what opened them.
    """
    if actor.user_type == UserType.PATIENT:
        return  # one's own reading is not entered (DESIGN, section 6)
    by_grant = defaultdict(list)
    for record in records:
        by_grant[record.patient_id, getattr(record, "grant_id", None)].append(record)
    audit.note(actor, action, *(access(found) for found in by_grant.values()))


def access(records: list[Seen]) -> Access:
    """The ledger's words for records of one patient under one grant."""
    grant_id = getattr(records[0], "grant_id", None)
    origin = getattr(records[0], "grant_origin", None)
    return Access(
        records[0].patient_id,
        "record",
        [record.id for record in records],
        categories=[record.record_type for record in records],
        grant_id=grant_id,
        basis=basis_of(origin) if origin else Basis.OWN,
    )


def note_denied(actor: User, action: Action, record_id: UUID) -> None:
    """Enter an attempt on a record that the actor may not know about.

    The same two statements run for an id of nothing, so that time tells nothing.
    """
    record = HealthRecord.objects.filter(pk=record_id).values("patient_id").first()
    audit.note_denied(
        actor,
        action,
        object_kind="record",
        object_id=record_id,
        patient_id=record["patient_id"] if record else None,
    )


def note_denied_patient(actor: User, action: Action, patient_id: UUID) -> None:
    """As `note_denied`, of a patient whom the actor may not know about."""
    known = PatientProfile.objects.filter(pk=patient_id).exists()
    audit.note_denied(
        actor,
        action,
        object_kind="patient",
        object_id=patient_id,
        patient_id=patient_id if known else None,
    )
