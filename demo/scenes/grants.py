"""Patients let doctors in, or not, and end it; emergencies are reviewed."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from demo.entries import Grant
from demo.files import grants, people
from demo.world import Scene, World
from phr.care.emergency_access import (
    NamedPatient,
    open_emergency_access,
    review_emergency_access,
)
from phr.care.grants import accept_grant, change_grant, decline_grant, end_grant
from phr.care.models import CareGrant, EmergencyAccess
from phr.care.services import assign_doctor, invite_doctor, request_access


def scenes() -> Iterator[Scene]:
    staff = people().administrator.username
    for grant in grants():
        yield Scene(grant.at, beginner_of(grant, staff), partial(begin, grant, staff))
        if grant.accepted:
            yield Scene(grant.accepted.at, grant.patient, partial(accept, grant))
        if grant.declined:
            yield Scene(grant.declined.at, grant.patient, partial(decline, grant))
        if grant.changed:
            yield Scene(grant.changed.at, grant.patient, partial(change, grant))
        if grant.ended:
            yield Scene(grant.ended.at, grant.ended.by, partial(end, grant))
        if grant.reviewed:
            yield Scene(grant.reviewed.at, staff, partial(review, grant, staff))


def beginner_of(grant: Grant, staff: str) -> str:
    match grant.began:
        case "assigned by staff":
            return staff
        case "invited by the patient":
            return grant.patient
        case _:
            return grant.doctor


def begin(grant: Grant, staff: str, world: World) -> None:
    begun = begin_by_its_kind(grant, staff, world)
    world.grants[grant] = begun.pk


def begin_by_its_kind(grant: Grant, staff: str, world: World) -> CareGrant:
    actor = world.users[beginner_of(grant, staff)]
    patient, doctor = world.patients[grant.patient], world.doctors[grant.doctor]
    at, reason = timezone.now(), grant.reason
    match grant.began:
        case "assigned by staff" | "assigned by the doctor":
            return assign_doctor(
                actor=actor, patient_id=patient, doctor_id=doctor, at=at
            )
        case "asked by the doctor":
            return request_access(actor=actor, patient_id=patient, at=at, reason=reason)
        case "invited by the patient":
            terms = terms_of(grant)
            return invite_doctor(
                actor=actor, doctor_id=doctor, at=at, terms=terms, reason=reason
            )
        case "emergency":
            return open_emergency_access(
                actor=actor,
                named=NamedPatient(patient),
                reason_code=grant.emergency_reason,
                reason=reason,
                at=at,
            )


def terms_of(grant: Grant) -> dict[str, Any]:
    return {
        "record_types": grant.record_types,
        "records_since": grant.records_since,
        "expires_at": grant.expires,
        "is_primary": grant.is_primary,
    }


def whose(grant: Grant, username: str, world: World) -> dict[str, Any]:
    """Who does something with which grant, and when."""
    actor, grant_id = world.users[username], world.grants[grant]
    return {"actor": actor, "grant_id": grant_id, "at": timezone.now()}


def accept(grant: Grant, world: World) -> None:
    assert grant.accepted is not None
    accept_grant(
        **whose(grant, grant.patient, world),
        terms={"is_primary": grant.accepted.is_primary},
        reason=grant.accepted.reason,
    )


def decline(grant: Grant, world: World) -> None:
    assert grant.declined is not None
    decline_grant(**whose(grant, grant.patient, world), reason=grant.declined.reason)


def change(grant: Grant, world: World) -> None:
    assert grant.changed is not None
    terms = {"expires_at": grant.changed.expires}
    change_grant(**whose(grant, grant.patient, world), terms=terms, proved=True)


def end(grant: Grant, world: World) -> None:
    assert grant.ended is not None
    end_grant(**whose(grant, grant.ended.by, world), reason=grant.ended.reason)


def review(grant: Grant, staff: str, world: World) -> None:
    assert grant.reviewed is not None
    review_emergency_access(
        actor=world.users[staff],
        emergency_id=emergency_of(world.grants[grant]),
        at=timezone.now(),
        verdict=grant.reviewed.verdict,
        note=grant.reviewed.note,
    )


def emergency_of(grant_id: UUID) -> UUID:
    return EmergencyAccess.objects.get(grant=grant_id).pk
