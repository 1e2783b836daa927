"""Bringing a patient and a doctor together: assigning, asking, inviting."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.accounts.rights import Right, insist_on_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.contact_limits import count_contact
from phr.care.events import AccessRequested, DoctorAssigned, DoctorInvited
from phr.care.grants import (
    AlreadyInCare,
    DoctorNotVerified,
    activate_grant,
    announce_access_given,
    close_expired,
    find_open_grant,
    find_primary_grant,
    free_primary_place,
    refuse_second_grant,
    refuse_unverified_doctor,
    save_grant_change,
)
from phr.care.lookups import find_doctor, lock_patient
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.care.terms import make_terms
from phr.core.errors import Conflict, Invalid, NotAllowed


class PatientHasPrimaryDoctor(Conflict):
    code, title = "patient_has_primary_doctor", _("The patient has a primary doctor")
    advice = _("Only the primary doctor or staff can hand over the patient.")


class NotVerified(NotAllowed):
    code, title = "not_verified", _("Staff have not verified you yet")
    advice = _("Submit your licence and wait until staff have checked it.")


class DoctorMissing(Invalid):
    code, title = "required", _("Set doctor_id. Only doctors may leave it out.")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Assigning doctors to patients, at once or after the patient accepts."""

    actor: User
    patient: PatientProfile
    doctor: DoctorProfile
    at: datetime
    waits: bool
    takes_over: bool  # the primary doctor's place may be taken
    reason: str = ""

    @property
    def origin(self) -> GrantOrigin:
        by_staff = self.actor.user_type == UserType.ADMIN
        return GrantOrigin.STAFF if by_staff else GrantOrigin.DOCTOR


def assign_doctor(
    *, actor: User, patient_id: UUID, doctor_id: UUID | None, at: datetime
) -> CareGrant:
    """Put a patient in a doctor's care, at once or when the patient agrees.

    Who may do this, and what it does, is the table of DESIGN, section 5; with
    `CARE_CONSENT=required` only staff open a patient's records without the patient.

    :param doctor_id: None for the actor's own profile.
    :returns: the grant, `ACTIVE` or `PENDING`.
    :raises NotAllowed: the actor may not choose this patient's doctor; of staff, those
        who have not been given the right.
    :raises NotFound: there is no such patient or doctor.
    :raises DoctorMissing: staff must name the doctor.
    :raises DoctorNotVerified: staff choose verified doctors only.
    :raises AlreadyInCare, AlreadyRequested, PatientHasPrimaryDoctor: as they say.
    :raises TooMany: this patient was asked too often for this doctor.
    """
    try:
        with transaction.atomic():
            refuse_stranger(actor)
            refuse_unverified(actor)
            patient = lock_patient(patient_id)
            assignment = plan_assignment(actor, patient, doctor_id, at)
            close_expired(patient, at)
            return (
                ask_patient(assignment) if assignment.waits else assign_now(assignment)
            )
    except NotAllowed:  # outside the transaction: the line in the ledger must be kept
        note_denied(actor, Action.DOCTOR_ASSIGNED, patient_id)
        raise


def assigns_at_once(actor: User) -> bool:
    """Whether what somebody assigns opens records before the patient has said yes."""
    return actor.user_type == UserType.ADMIN or not settings.CARE_CONSENT_REQUIRED


def note_denied(actor: User, action: Action, patient_id: UUID) -> None:
    audit.note_denied(
        actor,
        action,
        object_kind="patient",
        object_id=patient_id,
        patient_id=patient_id,
    )


def refuse_stranger(actor: User) -> None:
    """Before anything is looked up, as `refuse_unverified`."""
    if actor.user_type == UserType.ADMIN:
        insist_on_right(actor, Right.ASSIGN_DOCTORS)
    elif actor.user_type != UserType.DOCTOR:
        raise NotAllowed(_("Only doctors and staff may assign a doctor."))


def refuse_unverified(actor: User) -> None:
    """Before anything is looked up: that a patient exists is not theirs to learn."""
    if not settings.CARE_CONSENT_REQUIRED or actor.user_type != UserType.DOCTOR:
        return
    if not DoctorProfile.objects.get(user=actor).is_verified:
        raise NotVerified(_("Only verified doctors may ask a patient for access."))


def plan_assignment(
    actor: User, patient: PatientProfile, doctor_id: UUID | None, at: datetime
) -> Assignment:
    """Decide by whose right, and how, the patient gets this doctor."""
    if actor.user_type == UserType.DOCTOR:
        return plan_by_doctor(actor, patient, doctor_id, at)
    if doctor_id is None:
        raise DoctorMissing(field="doctor_id")
    doctor = find_doctor(doctor_id)
    if not doctor.is_verified:
        raise DoctorNotVerified(field="doctor_id")
    return Assignment(actor, patient, doctor, at, waits=False, takes_over=True)


def plan_by_doctor(
    actor: User, patient: PatientProfile, doctor_id: UUID | None, at: datetime
) -> Assignment:
    own = DoctorProfile.objects.get(user=actor)
    waits = not assigns_at_once(actor)
    if doctor_id in (None, own.pk):
        return Assignment(actor, patient, own, at, waits, takes_over=False)
    if not CareGrant.objects.primary().filter(patient=patient, doctor=own).exists():
        raise NotAllowed(_("Only the primary doctor may hand over the patient."))
    doctor = find_doctor(doctor_id)
    refuse_unverified_doctor(doctor, field="doctor_id")
    return Assignment(actor, patient, doctor, at, waits, takes_over=True)


def ask_patient(assignment: Assignment) -> CareGrant:
    """Make a pending grant and tell the patient, who is not asked without end."""
    refuse_second_grant(assignment.patient, assignment.doctor)
    count_contact(
        actor=assignment.actor, patient=assignment.patient, doctor=assignment.doctor
    )
    grant = build_grant(assignment, status=GrantStatus.PENDING)
    return save_grant_change(
        assignment.actor, Action.ACCESS_REQUESTED, grant, AccessRequested
    )


def assign_now(assignment: Assignment) -> CareGrant:
    """Make the doctor the patient's primary doctor now, and tell both.

    A grant that the pair has already is used, its scope unchanged: what a patient has
    narrowed, nobody else widens.
    """
    take_primary_place(assignment)
    grant = find_open_grant(assignment.patient, assignment.doctor)
    if grant is None:
        count_contact(
            actor=assignment.actor, patient=assignment.patient, doctor=assignment.doctor
        )
    grant = grant or build_grant(assignment)
    if grant.status == GrantStatus.ACTIVE and grant.starts_at > assignment.at:
        raise AlreadyInCare(_("The patient chose a later start date for this access."))
    if grant.status != GrantStatus.ACTIVE:
        activate_grant(grant, by=assignment.actor, at=assignment.at)
    grant.is_primary = True
    return save_grant_change(
        assignment.actor, Action.DOCTOR_ASSIGNED, grant, DoctorAssigned
    )


def take_primary_place(assignment: Assignment) -> None:
    """See to it that the patient's primary place is free, if it may be taken."""
    primary = find_primary_grant(assignment.patient)
    if primary is None:
        return
    if primary.doctor_id == assignment.doctor.pk:
        raise AlreadyInCare(present=primary.status)
    if not assignment.takes_over:
        raise PatientHasPrimaryDoctor
    free_primary_place(assignment.patient)


def build_grant(assignment: Assignment, status: GrantStatus | None = None) -> CareGrant:
    return CareGrant(
        patient=assignment.patient,
        doctor=assignment.doctor,
        status=status or "",
        origin=assignment.origin,
        is_primary=assignment.takes_over,
        starts_at=assignment.at,
        requested_by=assignment.actor,
        requested_at=assignment.at,
        reason=assignment.reason,
    )


def request_access(
    *, actor: User, patient_id: UUID, at: datetime, reason: str = ""
) -> CareGrant:
    """Ask a patient for access; nothing is open until they accept.

    :param actor: a doctor.
    :raises NotVerified: consent is required, and staff have not verified the actor.
    :raises NotFound: there is no such patient.
    :raises TooMany: this patient was asked too often.
    :raises AlreadyInCare, AlreadyRequested: as they say.
    """
    try:
        refuse_unverified(actor)
    except NotAllowed:
        note_denied(actor, Action.ACCESS_REQUESTED, patient_id)
        raise
    with transaction.atomic():
        return make_request(actor, patient_id, at, reason)


def make_request(actor: User, patient_id: UUID, at: datetime, reason: str) -> CareGrant:
    patient = lock_patient(patient_id)
    own = DoctorProfile.objects.select_related("user").get(user=actor)
    close_expired(patient, at)
    return ask_patient(
        Assignment(actor, patient, own, at, waits=True, takes_over=False, reason=reason)
    )


@transaction.atomic
def invite_doctor(
    *,
    actor: User,
    doctor_id: UUID,
    at: datetime,
    terms: Mapping[str, Any],
    reason: str = "",
) -> CareGrant:
    """Let a doctor in, at once, and tell them.

    :param actor: a patient.
    :param terms: as `Terms`.
    :raises NotFound: there is no such doctor.
    :raises DoctorNotVerified: consent is required, and nobody vouches for the doctor.
    :raises AlreadyInCare, AlreadyRequested: as they say.
    :raises ExpiryInThePast, OpensNothing: as they say.
    :raises TooMany: this doctor, or doctors, were invited too often.
    """
    patient = lock_patient(actor.patient_profile.pk)
    doctor = find_doctor(doctor_id)
    refuse_unverified_doctor(doctor, field="doctor_id")
    given = make_terms(terms, at)
    close_expired(patient, at)
    refuse_second_grant(patient, doctor)
    count_contact(actor=actor, patient=patient, doctor=doctor)
    if given.is_primary:
        free_primary_place(patient)
    grant = CareGrant(
        patient=patient,
        doctor=doctor,
        origin=GrantOrigin.PATIENT,
        requested_by=actor,
        requested_at=at,
        reason=reason,
        **asdict(given) | {"record_types": list(given.record_types)},
    )
    activate_grant(grant, by=actor, at=at)
    announce_access_given(grant)
    return save_grant_change(actor, Action.DOCTOR_INVITED, grant, DoctorInvited)
