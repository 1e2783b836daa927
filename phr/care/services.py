"""Bringing a patient and a doctor together, and apart."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.care.registration import LicenseNumberTaken
from phr.core import events
from phr.core.errors import Conflict, Invalid, NotAllowed, NotFound


class AlreadyInCare(Conflict):
    code, title = "already_in_care", "This doctor already cares for this patient"


class AlreadyRequested(Conflict):
    code, title = "already_requested", "The patient has been asked already"


class PatientHasPrimaryDoctor(Conflict):
    code, title = "patient_has_primary_doctor", "The patient has a primary doctor"


class GrantNotOpen(Conflict):
    code, title = "grant_not_open", "This grant is closed already"


class DoctorNotVerified(Conflict):
    code, title = "doctor_not_verified", "Staff have not verified this doctor"


class NotVerified(NotAllowed):
    code, title = "not_verified", "Staff have not verified you yet"


class DoctorMissing(Invalid):
    code, title = "required", "Say which doctor; only doctors may leave themselves out."


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is to care for whom, and whether that waits for the patient."""

    actor: User
    patient: PatientProfile
    doctor: DoctorProfile
    at: datetime
    waits: bool
    takes_over: bool  # the primary doctor's place may be taken

    @property
    def origin(self) -> GrantOrigin:
        return GrantOrigin.STAFF if self.actor.is_staff else GrantOrigin.DOCTOR


def assign_doctor(
    *, actor: User, patient_id: UUID, doctor_id: UUID | None, at: datetime
) -> CareGrant:
    """Put a patient in a doctor's care, at once or when the patient agrees.

    Who may do this, and what it does, is the table of DESIGN, section 5; with
    `CARE_CONSENT=required` only staff open a patient's records without the patient.

    :param doctor_id: None for the actor's own profile.
    :returns: the grant, `ACTIVE` or `PENDING`.
    :raises NotAllowed: the actor may not choose this patient's doctor.
    :raises NotFound: there is no such patient or doctor.
    :raises DoctorMissing: staff must say whom they choose.
    :raises DoctorNotVerified: staff choose verified doctors only.
    :raises AlreadyInCare, AlreadyRequested, PatientHasPrimaryDoctor: as they say.
    """
    try:
        with transaction.atomic():
            refuse_unverified(actor)
            patient = lock_patient(patient_id)
            assignment = plan(actor, patient, doctor_id, at)
            close_expired(patient, at)
            return ask(assignment) if assignment.waits else activate(assignment)
    except NotAllowed:  # outside the transaction: the line in the ledger must be kept
        audit.note_refusal(
            actor,
            "care.doctor_assigned",
            object_kind="patient",
            object_id=patient_id,
            patient_id=patient_id,
        )
        raise


def refuse_unverified(actor: User) -> None:
    """Before anything is looked up: that a patient exists is not theirs to learn."""
    if not settings.CARE_CONSENT_REQUIRED or actor.user_type != UserType.DOCTOR:
        return
    if not DoctorProfile.objects.get(user=actor).is_verified:
        raise NotVerified("Only verified doctors may ask a patient for access.")


def lock_patient(patient_id: UUID) -> PatientProfile:
    """One at a time for each patient, so that the checks below hold until commit."""
    found = PatientProfile.objects.select_for_update(no_key=True, of=("self",))
    patients = found.select_related("user").filter(user__is_active=True)
    patient = patients.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("There is no such patient.", field="patient_id")
    return patient


def plan(
    actor: User, patient: PatientProfile, doctor_id: UUID | None, at: datetime
) -> Assignment:
    """Decide by whose right, and how, the patient gets this doctor."""
    match actor.user_type:
        case UserType.ADMIN:
            if doctor_id is None:
                raise DoctorMissing(field="doctor_id")
            doctor = find_doctor(doctor_id)
            if not doctor.is_verified:
                raise DoctorNotVerified(field="doctor_id")
            return Assignment(actor, patient, doctor, at, waits=False, takes_over=True)
        case UserType.DOCTOR:
            return plan_of_doctor(actor, patient, doctor_id, at)
        case _:
            raise NotAllowed("Only doctors and staff may assign a doctor.")


def plan_of_doctor(
    actor: User, patient: PatientProfile, doctor_id: UUID | None, at: datetime
) -> Assignment:
    own = DoctorProfile.objects.get(user=actor)
    waits = settings.CARE_CONSENT_REQUIRED
    if doctor_id in (None, own.pk):
        return Assignment(actor, patient, own, at, waits, takes_over=False)
    if not CareGrant.objects.primary().filter(patient=patient, doctor=own).exists():
        raise NotAllowed("Only the patient's primary doctor may hand over.")
    doctor = find_doctor(doctor_id)
    if waits and not doctor.is_verified:
        raise DoctorNotVerified(field="doctor_id")
    return Assignment(actor, patient, doctor, at, waits, takes_over=True)


def find_doctor(doctor_id: UUID | None) -> DoctorProfile:
    doctors = DoctorProfile.objects.listed().select_related("user")
    doctor = doctors.filter(pk=doctor_id).first() if doctor_id else None
    if doctor is None:
        raise NotFound("There is no such doctor.", field="doctor_id")
    return doctor


def close_expired(patient: PatientProfile, at: datetime) -> None:
    """Mark as ended what has run out, lest it stand in a new grant's way."""
    open_until_now = [GrantStatus.PENDING, GrantStatus.ACTIVE]
    CareGrant.objects.filter(
        patient=patient, status__in=open_until_now, expires_at__lte=at
    ).update(status=GrantStatus.ENDED, ended_at=F("expires_at"), updated_at=at)


def ask(assignment: Assignment) -> CareGrant:
    """Make a pending grant and tell the patient."""
    grant = open_grant(assignment)
    if grant is not None:
        raise AlreadyInCare if grant.status == GrantStatus.ACTIVE else AlreadyRequested
    grant = new_grant(assignment, status=GrantStatus.PENDING)
    grant.save()
    note_change(assignment.actor, "care.access_requested", grant)
    events.emit("care.access_requested", grant_id=grant.pk)
    return grant


def activate(assignment: Assignment) -> CareGrant:
    """Make the doctor the patient's primary doctor now, and tell both.

    A grant that the pair has already is used, its scope unchanged: what a patient has
    narrowed, nobody else widens.
    """
    make_room(assignment)
    grant = open_grant(assignment) or new_grant(assignment)
    if grant.status == GrantStatus.ACTIVE and grant.starts_at > assignment.at:
        raise AlreadyInCare("The patient has set a later day for it to begin.")
    if grant.status != GrantStatus.ACTIVE:
        grant.status, grant.starts_at = GrantStatus.ACTIVE, assignment.at
        grant.decided_by, grant.decided_at = assignment.actor, assignment.at
    grant.is_primary = True
    grant.save()
    note_change(assignment.actor, "care.doctor_assigned", grant)
    events.emit("care.doctor_assigned", grant_id=grant.pk)
    return grant


def make_room(assignment: Assignment) -> None:
    """See to it that the patient's primary place is free."""
    primary = CareGrant.objects.filter(
        patient=assignment.patient, status=GrantStatus.ACTIVE, is_primary=True
    ).first()
    if primary is None:
        return
    if primary.doctor_id == assignment.doctor.pk:
        raise AlreadyInCare
    if not assignment.takes_over:
        raise PatientHasPrimaryDoctor
    primary.is_primary = False
    primary.save(update_fields=["is_primary", "updated_at"])


def open_grant(assignment: Assignment) -> CareGrant | None:
    """The grant that the pair has, locked: one that is being ended must stay ended."""
    pair = CareGrant.objects.select_for_update(no_key=True).filter(
        patient=assignment.patient, doctor=assignment.doctor
    )
    return pair.filter(status__in=[GrantStatus.PENDING, GrantStatus.ACTIVE]).first()


def new_grant(assignment: Assignment, status: GrantStatus | None = None) -> CareGrant:
    return CareGrant(
        patient=assignment.patient,
        doctor=assignment.doctor,
        status=status or "",
        origin=assignment.origin,
        is_primary=assignment.takes_over,
        starts_at=assignment.at,
        requested_by=assignment.actor,
        requested_at=assignment.at,
    )


@transaction.atomic
def end_grant(
    *, actor: User, grant_id: UUID, at: datetime, reason: str = ""
) -> CareGrant:
    """Close a doctor's access with effect from the next request.

    :raises NotFound: no such grant, or none that is the actor's to end.
    :raises GrantNotOpen: it is neither pending nor active any more.
    """
    mine = CareGrant.objects.endable_by(actor)
    locked = mine.select_for_update(no_key=True, of=("self",))
    grant = locked.filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    if grant.status not in (GrantStatus.PENDING, GrantStatus.ACTIVE):
        raise GrantNotOpen
    grant.status, grant.reason = GrantStatus.ENDED, reason
    grant.ended_by, grant.ended_at = actor, at
    grant.save()
    note_change(actor, "care.grant_ended", grant)
    events.emit("care.grant_ended", grant_id=grant.pk)
    return grant


@transaction.atomic
def verify_doctor(*, actor: User, doctor_id: UUID, at: datetime) -> DoctorProfile:
    """Note that staff have checked who this doctor is.

    :raises NotAllowed: the actor is not staff.
    :raises NotFound: there is no such doctor.
    :raises LicenseNumberTaken: another verified doctor holds the same number.
    """
    if actor.user_type != UserType.ADMIN:
        raise NotAllowed("Only staff may verify doctors.")
    doctors = DoctorProfile.objects.select_for_update(no_key=True, of=("self",))
    doctor = doctors.select_related("user").filter(pk=doctor_id).first()
    if doctor is None:
        raise NotFound
    doctor.verified_at, doctor.verified_by = at, actor
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            doctor.save()
    except IntegrityError as error:
        raise LicenseNumberTaken(field="license_number") from error
    verified = Access(None, "doctor", [doctor.pk], basis=Basis.STAFF)
    audit.note(actor, "care.doctor_verified", verified)
    return doctor


def note_change(actor: User, action: str, grant: CareGrant) -> None:
    basis = {
        UserType.PATIENT: Basis.OWN,
        UserType.DOCTOR: Basis.GRANT,
        UserType.ADMIN: Basis.STAFF,
    }[UserType(actor.user_type)]
    change = Access(
        grant.patient_id, "grant", [grant.pk], grant_id=grant.pk, basis=basis
    )
    audit.note(actor, action, change)


def assigned_doctor(patient: PatientProfile) -> DoctorProfile | None:
    """The doctor whom the patient has as theirs now, if any."""
    primary = CareGrant.objects.primary().filter(patient=patient)
    grant = primary.select_related("doctor__user").first()
    return grant.doctor if grant else None
