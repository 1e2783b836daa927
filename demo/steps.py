"""What happened in the demo, step by step, in the words of ledger and outbox."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from demo.grants import Care
from demo.rows import Corrected, Rows
from demo.stories.shape import moment
from phr.accounts.models import User, UserType
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.choices import GrantOrigin, VerificationStatus
from phr.care.grants import basis_of
from phr.care.models import (
    CareGrant,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.request_origin import Origin
from phr.health_records.models import DoctorComment, HealthRecord


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody did.

    :param actor: None where nobody was signed in.
    :param action: its value is the kind of the event as well.
    :param told: what the event is about; empty where there is none.
    :param origin: where it came from; None for where the actor was.
    """

    actor: User | None
    action: Action
    at: datetime
    access: Access
    told: dict[str, UUID] = field(default_factory=dict)
    origin: Origin | None = None


def changes(rows: Rows) -> Iterator[Step]:
    """Every change, as the services would have entered it."""
    yield from map(registration, rows.patients.values())
    for verification in rows.verifications:
        yield from of_license(verification)
    for care, grant in rows.grants:
        yield from of_grant(care, grant)
    for emergency in rows.emergencies:
        yield from of_review(emergency)
    yield from map(record_created, rows.records)
    for comment in rows.comments:
        yield comment_step(rows, comment, Action.COMMENT_ADDED)
    for corrected in rows.corrected:
        yield correction(rows, corrected)


def registration(patient: PatientProfile) -> Step:
    made = Access(patient.pk, "profile", [patient.pk])
    return Step(patient.user, Action.PATIENT_REGISTERED, patient.created_at, made)


def of_license(verification: DoctorVerification) -> Iterator[Step]:
    doctor, told = verification.doctor, {"verification_id": verification.pk}

    def step(actor: User, action: Action, at: datetime, basis: Basis) -> Step:
        access = Access(None, "doctor", [doctor.pk], basis=basis)
        return Step(actor, action, at, access, told)

    handed_in = verification.created_at
    yield step(doctor.user, Action.LICENSE_HANDED_IN, handed_in, Basis.OWN)
    by, at = verification.decided_by, verification.decided_at
    if by is not None and at is not None:
        verified = verification.status == VerificationStatus.VERIFIED
        action = Action.DOCTOR_VERIFIED if verified else Action.DOCTOR_REFUSED
        yield step(by, action, at, Basis.STAFF)


def of_grant(care: Care, grant: CareGrant) -> Iterator[Step]:
    yield on_grant(grant.requested_by, first_action(care), grant.requested_at, grant)
    patient = grant.patient.user
    if care.answered:
        accepted = grant.was_open
        action = Action.GRANT_ACCEPTED if accepted else Action.GRANT_DECLINED
        yield on_grant(patient, action, moment(care.answered), grant)
    if care.changed:
        yield on_grant(patient, Action.GRANT_CHANGED, moment(care.changed), grant)
    if grant.ended_by is not None and grant.ended_at is not None:
        yield on_grant(grant.ended_by, Action.GRANT_ENDED, grant.ended_at, grant)


def first_action(care: Care) -> Action:
    match care.origin:
        case GrantOrigin.PATIENT:
            return Action.DOCTOR_INVITED
        case GrantOrigin.EMERGENCY:
            return Action.EMERGENCY_ACCESS
        case GrantOrigin.DOCTOR if care.answered or care.decided_by is None:
            return Action.ACCESS_REQUESTED
        case _:
            return Action.DOCTOR_ASSIGNED


def of_review(emergency: EmergencyAccess) -> Iterator[Step]:
    by, at = emergency.reviewed_by, emergency.reviewed_at
    if by is not None and at is not None:
        yield on_grant(by, Action.EMERGENCY_REVIEWED, at, emergency.grant)


def on_grant(actor: User, action: Action, at: datetime, grant: CareGrant) -> Step:
    asks = action == Action.ACCESS_REQUESTED
    basis = {
        UserType.PATIENT: Basis.OWN,
        UserType.DOCTOR: Basis.NONE if asks else basis_of(grant.origin),
        UserType.ADMIN: Basis.STAFF,
    }[UserType(actor.user_type)]
    access = Access(
        grant.patient_id, "grant", [grant.pk], grant_id=grant.pk, basis=basis
    )
    return Step(actor, action, at, access, {"grant_id": grant.pk})


def record_created(record: HealthRecord) -> Step:
    action, told = Action.RECORD_CREATED, {"record_id": record.pk}
    return Step(record.created_by, action, record.created_at, own_record(record), told)


def own_record(record: HealthRecord) -> Access:
    return Access(
        record.patient_id, "record", [record.pk], categories=[record.record_type]
    )


def comment_step(
    rows: Rows, comment: DoctorComment, action: Action, at: datetime | None = None
) -> Step:
    record, at = comment.health_record, at or comment.created_at
    grant = rows.grant_then(comment.doctor, record, at)
    assert grant is not None, "The demo's doctors comment on what is open to them."
    access = by_grant(grant, "comment", [comment.pk], [record.record_type])
    added = action == Action.COMMENT_ADDED
    told = {"comment_id": comment.pk} if added else {}
    return Step(comment.doctor.user, action, at, access, told)


def by_grant(
    grant: CareGrant, object_kind: str, ids: list[UUID], categories: list[str]
) -> Access:
    """A doctor's access to what a grant opens."""
    return Access(
        grant.patient_id,
        object_kind,
        ids,
        categories=categories,
        grant_id=grant.pk,
        basis=basis_of(grant.origin),
    )


def correction(rows: Rows, corrected: Corrected) -> Step:
    match corrected.row:
        case HealthRecord() as record:
            action = Action.RECORD_CHANGED
            return Step(corrected.actor, action, corrected.at, own_record(record))
        case comment:
            action = Action.COMMENT_CHANGED
            return comment_step(rows, comment, action, corrected.at)
