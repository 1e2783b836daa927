"""How many people one may reach out to, and how many strangers may reach one.

Nobody is in the way of who has dealt with each other: asked, accepted, or been brought
together by staff.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q

from phr.accounts.models import User, UserType
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.errors import TooMany
from phr.core.rate_limits import Limit, take_all

DAY = timedelta(days=1)
PER_PAIR = Limit("access-request", times=5, window=DAY)
BY_ONE_PATIENT = Limit("doctors-invited", times=20, window=DAY)
BY_ONE_DOCTOR = Limit("patients-asked", times=100, window=DAY)
BY_STRANGERS = Limit("reached-by-strangers", times=50, window=DAY)
BY_ONE_STRANGER = Limit("counted-as-stranger", times=1, window=DAY)


def count_contact(
    *, actor: User, patient: PatientProfile, doctor: DoctorProfile
) -> None:
    """Count that the actor brings a patient and a doctor together, before it is done.

    Call this after all other checks: refused requests reach nobody and do not count.

    :param actor: who invites, asks, or hands over; staff are not counted.
    :raises TooMany: this pair, this actor, or strangers with the one who is reached,
        have had enough of it for a day.
    """
    if actor.user_type == UserType.ADMIN:
        return
    by_patient = actor.user_type == UserType.PATIENT
    by_one = BY_ONE_PATIENT if by_patient else BY_ONE_DOCTOR
    attempts = [(PER_PAIR, f"{doctor.pk} {patient.pk}"), (by_one, str(actor.pk))]
    reached = doctor.user if by_patient else patient.user
    if has_dealt(reached, patient, doctor):
        take_all(*attempts)
    else:
        count_contact_with_stranger(actor, reached, attempts)


def count_contact_with_stranger(
    actor: User, reached: User, attempts: Iterable[tuple[Limit, str]]
) -> None:
    """Count the actor among the strangers of a day once, however often they come.

    Else ten accounts that ask and withdraw would keep all other strangers away.
    """
    pair = f"{actor.pk} {reached.pk}"
    try:
        BY_ONE_STRANGER.take(pair)
    except TooMany:  # who is counted already
        take_all(*attempts)
        return
    try:
        take_all(*attempts, (BY_STRANGERS, str(reached.pk)))
    except TooMany:
        BY_ONE_STRANGER.give_back(pair)
        raise


def has_dealt(reached: User, patient: PatientProfile, doctor: DoctorProfile) -> bool:
    """Whether the one who is reached has had a part in bringing the pair together."""
    pair = CareGrant.objects.filter(patient=patient, doctor=doctor)
    return pair.filter(had_a_part(reached)).exists()


def had_a_part(reached: User | F) -> Q:
    """Grants that somebody has asked for or accepted, or that staff have made."""
    own = Q(requested_by=reached) | Q(decided_by=reached)
    return (own | Q(origin=GrantOrigin.STAFF)) & ~Q(status=GrantStatus.DECLINED)


def acquainted(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of these pairs in which the second has dealt with the first.

    Staff are known to all.

    :param pairs: the ids of somebody, and of a person whom they reach.
    """
    somebody, people = {first for first, _ in pairs}, {second for _, second in pairs}
    staff = User.objects.filter(pk__in=somebody, user_type=UserType.ADMIN)
    are_staff = set(staff.values_list("pk", flat=True))
    doctor, patient = F("doctor__user"), F("patient__user")
    to_doctors = CareGrant.objects.filter(
        had_a_part(doctor), patient__user__in=somebody, doctor__user__in=people
    )
    to_patients = CareGrant.objects.filter(
        had_a_part(patient), doctor__user__in=somebody, patient__user__in=people
    )
    known = {
        *to_doctors.values_list("patient__user", "doctor__user"),
        *to_patients.values_list("doctor__user", "patient__user"),
    }
    return {pair for pair in pairs if pair in known or pair[0] in are_staff}
