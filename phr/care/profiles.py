"""What somebody reads of themselves."""

from dataclasses import dataclass

from phr.accounts.models import User, UserType
from phr.care.models import CareGrant, DoctorProfile, PatientProfile


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """An account with what belongs to its role; staff have neither profile.

    :param assigned_doctor: whom a patient has as theirs now, if anybody.
    """

    user: User
    patient: PatientProfile | None = None
    assigned_doctor: DoctorProfile | None = None
    doctor: DoctorProfile | None = None


def read_profile(actor: User) -> OwnProfile:
    """Fetch one's own profile."""
    match actor.user_type:
        case UserType.PATIENT:
            patient = actor.patient_profile
            return OwnProfile(actor, patient, assigned_doctor(patient))
        case UserType.DOCTOR:
            return OwnProfile(actor, doctor=actor.doctor_profile)
        case _:
            return OwnProfile(actor)


def assigned_doctor(patient: PatientProfile) -> DoctorProfile | None:
    """The doctor whom the patient has as theirs now, if any."""
    primary = CareGrant.objects.primary().filter(patient=patient)
    grant = primary.select_related("doctor__user").first()
    return grant.doctor if grant else None
