"""How many people one may reach out to, and how many strangers may reach one.

Nobody is in the way of who has dealt with each other: asked, accepted, or been brought
together by staff.
"""

from datetime import timedelta

from django.db.models import Q

from phr.accounts.models import User, UserType
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.counters import Limit

DAY = timedelta(days=1)
PER_PAIR = Limit("access-request", times=5, window=DAY)
BY_ONE_PATIENT = Limit("doctors-invited", times=20, window=DAY)
BY_ONE_DOCTOR = Limit("patients-asked", times=100, window=DAY)
BY_STRANGERS = Limit("reached-by-strangers", times=50, window=DAY)


def reach_out(*, actor: User, patient: PatientProfile, doctor: DoctorProfile) -> None:
    """Count that the actor brings a patient and a doctor together, before it is done.

    :param actor: who invites, asks, or hands over; staff are not counted.
    :raises TooMany: this pair, this actor, or strangers with the one who is reached,
        have had enough of it for a day.
    """
    if actor.user_type == UserType.ADMIN:
        return
    PER_PAIR.take(f"{doctor.pk} {patient.pk}")
    by_patient = actor.user_type == UserType.PATIENT
    (BY_ONE_PATIENT if by_patient else BY_ONE_DOCTOR).take(str(actor.pk))
    reached = doctor.user if by_patient else patient.user
    if not has_dealt(reached, patient, doctor):
        BY_STRANGERS.take(str(reached.pk))


def has_dealt(reached: User, patient: PatientProfile, doctor: DoctorProfile) -> bool:
    """Whether the one who is reached has had a part in bringing the pair together."""
    pair = CareGrant.objects.filter(patient=patient, doctor=doctor)
    own = Q(requested_by=reached) | Q(decided_by=reached)
    by_staff = Q(origin=GrantOrigin.STAFF)
    return pair.exclude(status=GrantStatus.DECLINED).filter(own | by_staff).exists()
