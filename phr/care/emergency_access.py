"""A doctor's way in when nobody can be asked, and how staff review it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.accounts.rights import Right, insist_on_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis, Outcome
from phr.audit.services import Access
from phr.care.choices import (
    EmergencyReason,
    EmergencyVerdict,
    GrantOrigin,
    GrantStatus,
)
from phr.care.end_reasons import NOT_JUSTIFIED
from phr.care.events import EmergencyAccessOpened, EmergencyReviewed
from phr.care.grants import (
    AlreadyInCare,
    GrantNotOpen,
    activate_grant,
    close_expired,
    end_grant_among,
    note_grant_change,
    save_grant_change,
)
from phr.care.lookups import lock_patient
from phr.care.models import CareGrant, DoctorProfile, EmergencyAccess, PatientProfile
from phr.care.querysets import PatientProfileQuerySet
from phr.care.services import NotVerified
from phr.core import events
from phr.core.errors import Conflict, NotAllowed, NotFound
from phr.core.rate_limits import Limit
from phr.core.row_locks import lock_rows

# Counted before the patient is looked up: also what slows down guessing.
EMERGENCIES = Limit("emergency-access", times=10, window=timedelta(hours=1))


class EmergencyAccessOff(NotAllowed):
    code = "emergency_access_off"
    title = _("Emergency access is turned off on this server")
    advice = _(
        "Ask the patient for access, or the administrators of this server for "
        "emergency access."
    )


class EmergencyAccessOpen(Conflict):
    code, title = "emergency_access_open", _("Emergency access is already open")
    advice = _("You do not need to do anything until it expires.")


class EndedByPatient(Conflict):
    code, title = "ended_by_patient", _("The patient has ended this emergency access")
    advice = _(
        "Request access instead, or wait until the emergency access would have expired."
    )


class EndedByStaff(Conflict):
    code, title = "ended_by_staff", _("Staff have ended this emergency access")
    advice = _("Ask staff, or wait until it would have expired.")


class AlreadyReviewed(Conflict):
    code, title = "already_reviewed", _("This emergency access was already reviewed")
    advice = _("A review cannot be changed.")


@dataclass(frozen=True, slots=True)
class NamedPatient:
    """The patient as a doctor in a hurry can name them: by id, or by what they know."""

    patient_id: UUID | None = None
    username: str = ""
    date_of_birth: date | None = None


def open_emergency_access(
    *,
    actor: User,
    named: NamedPatient,
    reason_code: EmergencyReason,
    reason: str,
    at: datetime,
) -> CareGrant:
    """Let a verified doctor in without the patient, for a while, in everybody's sight.

    :param reason: in words, for the patient and for the staff who review it.
    :raises EmergencyAccessOff: this installation does not have it.
    :raises NotAllowed: the actor is not a doctor.
    :raises NotVerified: staff have not verified the actor.
    :raises TooMany: too many attempts of this doctor.
    :raises NotFound: nobody is so named; the same for a wrong date of birth.
    :raises AlreadyInCare: the patient lets the doctor see everything anyway.
    :raises EmergencyAccessOpen, EndedByPatient, EndedByStaff: as they say.
    """
    doctor = insist_on_doctor(actor)
    EMERGENCIES.take(str(actor.pk))
    try:
        patient_id = find_patient(named)
        with transaction.atomic():
            patient = lock_patient(patient_id)
            close_expired(patient, at)
            refuse_what_is_open(patient, doctor)
            refuse_what_was_ended(patient, doctor, at)
            grant = build_emergency_grant(patient, doctor, at, reason)
            grant.save()
            EmergencyAccess.objects.create(grant=grant, reason_code=reason_code)
            return save_grant_change(
                actor, Action.EMERGENCY_ACCESS, grant, EmergencyAccessOpened
            )
    except (NotFound, EndedByPatient, EndedByStaff):
        note_denied(actor, named)  # outside the transaction: this line must be kept
        raise


def insist_on_doctor(actor: User) -> DoctorProfile:
    """Refuse people who may never do this, whichever patient they name, and record it
    only for them.

    The patient is not even looked up: what anybody can try again and again says
    nothing to them, and must not fill their ledger.
    """
    try:
        return doctor_who_may(actor)
    except NotAllowed:
        audit.note_denied(actor, Action.EMERGENCY_ACCESS, object_kind="patient")
        raise


def doctor_who_may(actor: User) -> DoctorProfile:
    """See that the actor may at all, before anything is looked up."""
    if actor.user_type != UserType.DOCTOR:
        raise NotAllowed(_("Only doctors can use emergency access."))
    if not settings.EMERGENCY_ACCESS:
        raise EmergencyAccessOff
    doctor = DoctorProfile.objects.select_related("user").get(user=actor)
    if not doctor.is_verified:
        raise NotVerified(_("Only verified doctors can use emergency access."))
    return doctor


def find_patient(named: NamedPatient) -> UUID:
    """One statement for every way to be wrong, so that time tells nothing."""
    patients = patients_named(named).filter(user__is_active=True)
    if named.patient_id is None:
        patients = patients.filter(
            user__date_of_birth=named.date_of_birth,
            user__date_of_birth__isnull=False,  # not knowing it is no proof
        )
    patient_id = patients.values_list("pk", flat=True).first()
    if patient_id is None:
        raise NotFound(_("This patient does not exist, or you may not see them."))
    return patient_id


def patients_named(named: NamedPatient) -> PatientProfileQuerySet:
    """Whom the name alone says, whether or not the rest is right."""
    if named.patient_id is not None:
        return PatientProfile.objects.filter(pk=named.patient_id)
    patients = PatientProfile.objects.alias(name=Lower("user__username"))
    return patients.filter(name=named.username.lower())


def refuse_what_is_open(patient: PatientProfile, doctor: DoctorProfile) -> None:
    """Refuse to open what is open already."""
    opened = CareGrant.objects.filter(
        patient=patient, doctor=doctor, status=GrantStatus.ACTIVE
    )
    if opened.filter(origin=GrantOrigin.EMERGENCY).exists():
        raise EmergencyAccessOpen(present=GrantStatus.ACTIVE)
    if opened.open_now().filter(record_types=[], records_since=None).exists():
        raise AlreadyInCare(present=GrantStatus.ACTIVE)


def refuse_what_was_ended(
    patient: PatientProfile, doctor: DoctorProfile, at: datetime
) -> None:
    """What somebody else has ended stays closed for as long as it would have lasted."""
    ended = CareGrant.objects.filter(
        patient=patient,
        doctor=doctor,
        origin=GrantOrigin.EMERGENCY,
        status=GrantStatus.ENDED,
        expires_at__gt=at,
    )
    by = set(ended.values_list("ended_by", flat=True)) - {doctor.user_id}
    if patient.user_id in by:
        raise EndedByPatient(present=GrantStatus.ENDED)
    if by:
        raise EndedByStaff(present=GrantStatus.ENDED)


def build_emergency_grant(
    patient: PatientProfile, doctor: DoctorProfile, at: datetime, reason: str
) -> CareGrant:
    grant = CareGrant(
        patient=patient,
        doctor=doctor,
        origin=GrantOrigin.EMERGENCY,
        expires_at=at + timedelta(minutes=settings.EMERGENCY_ACCESS_MINUTES),
        requested_by=doctor.user,
        requested_at=at,
        reason=reason,
    )
    activate_grant(grant, by=doctor.user, at=at)
    return grant


def note_denied(actor: User, named: NamedPatient) -> None:
    """Enter the attempt with the patient who was meant, if there is one."""
    patient_id = patients_named(named).values_list("pk", flat=True).first()
    attempt = Access(
        patient_id, "patient", [], basis=Basis.NONE, outcome=Outcome.REFUSED
    )
    # A digest, as what was typed for a name may be anything.
    digest = sha256(named.username.lower().encode()).hexdigest()
    thing = str(named.patient_id or digest)
    audit.note_denied_access(
        actor, Action.EMERGENCY_ACCESS, attempt, who=actor.pk, thing=thing
    )


@transaction.atomic
def review_emergency_access(
    *,
    actor: User,
    emergency_id: UUID,
    at: datetime,
    verdict: EmergencyVerdict,
    note: str = "",
) -> EmergencyAccess:
    """Note what staff think of an emergency access; patient and doctor are told.

    One that was not justified is ended with that, if it is open still.

    :raises NotPermitted: the actor has not got the right.
    :raises NotFound: there is no such emergency access.
    :raises AlreadyReviewed: as it says.
    """
    insist_on_right(actor, Right.REVIEW_EMERGENCIES)
    found = lock_rows(EmergencyAccess.objects.all())
    related = found.select_related("grant__patient__user", "grant__doctor__user")
    emergency = related.filter(pk=emergency_id).first()
    if emergency is None:
        raise NotFound
    if emergency.reviewed_at is not None:
        raise AlreadyReviewed(present=emergency.verdict)
    emergency.verdict, emergency.review_note = verdict, note
    emergency.reviewed_by, emergency.reviewed_at = actor, at
    emergency.save()
    if verdict == EmergencyVerdict.UNJUSTIFIED:
        end_grant_if_open(actor, emergency.grant, at)
    note_grant_change(actor, Action.EMERGENCY_REVIEWED, emergency.grant)
    events.emit(EmergencyReviewed(grant_id=emergency.grant_id, by=actor.pk))
    return emergency


def end_grant_if_open(actor: User, grant: CareGrant, at: datetime) -> None:
    try:
        # The right to review is enough for it, without the one to end grants.
        end_grant_among(
            CareGrant.objects.all(),
            actor=actor,
            grant_id=grant.pk,
            at=at,
            reason=NOT_JUSTIFIED,
        )
    except GrantNotOpen:
        return  # it has run out, or somebody was quicker
