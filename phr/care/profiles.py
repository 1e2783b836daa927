"""One's own account and profile: reading and changing them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts import addresses
from phr.accounts.models import User, UserType
from phr.accounts.names import NAMES
from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.accounts.rights import Right, has_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.services import Access
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.care.registration import change_doctor, keep_a_name, lock_profile, set_fields
from phr.core.errors import Conflict
from phr.core.preconditions import last_change, refuse_stale
from phr.core.rate_limits import Limit
from phr.core.row_locks import lock_rows

# Of the account's fields those by which nobody is known or found.
HOW_ONE_IS_SPOKEN_TO = {"language", "time_zone"}
CHANGES_PER_ACCOUNT = Limit("profile", 200, timedelta(days=1))


class VerifiedIdentity(Conflict):
    code = "verified_identity"
    advice = _("Submit your licence again with the changed details.")
    title = _("Staff have verified this: submit your licence again to change it")


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """An account with what belongs to its role; staff have neither profile.

    :param assigned_doctor: the patient's current primary doctor, if any.
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


@dataclass(frozen=True, slots=True)
class VisibleParts:
    """What of a patient somebody sees beside the name.

    :param account: how to reach them, and their birth.
    :param contact: whom to tell in an emergency.
    :param clinical: blood type and allergies.
    """

    account: bool
    contact: bool
    clinical: bool


def visible_parts(reader: User) -> VisibleParts:
    """What the reader sees of a patient whom they may assign.

    Doctors see all of a patient in their care. Staff see nothing clinical, and of the
    rest what they might look up in the admin site, too.
    """
    is_doctor = reader.user_type == UserType.DOCTOR
    return VisibleParts(
        account=is_doctor or has_right(reader, Right.SEE_PEOPLE),
        contact=is_doctor or has_right(reader, Right.SEE_PATIENTS),
        clinical=is_doctor,
    )


def read_patient_name(*, actor: User, patient_id: UUID) -> str:
    """Whose code this is, for staff who may look patients up; empty for others."""
    if not has_right(actor, Right.SEE_PATIENTS):
        return ""
    found = PatientProfile.objects.select_related("user").filter(pk=patient_id).first()
    return str(found) if found else ""


def assigned_doctor(patient: PatientProfile) -> DoctorProfile | None:
    """The patient's current primary doctor, if any."""
    primary = CareGrant.objects.primary().filter(patient=patient)
    grant = primary.select_related("doctor__user").first()
    return grant.doctor if grant else None


@transaction.atomic
def change_profile(
    *,
    actor: User,
    person: Mapping[str, Any],
    profile: Mapping[str, Any],
    proved: bool,
    expected: Collection[str] | None = None,
) -> User:
    """Change the actor's own account and profile, together or not at all.

    :param person: new values of the account's fields, by name.
    :param profile: new values of the patient's or doctor's fields, by name.
    :param proved: whether the actor has just shown who they are.
    :param expected: stamps that they may have; None for any.
    :raises ChangedMeanwhile: they have another one.
    :raises StepUpRequired: they have not, and would be somebody else to others.
    :raises NameMissing: neither of the two names would be left.
    :raises VerifiedIdentity: staff have verified a doctor by what is to change.
    :raises LicenseNumberTaken: a verified doctor holds this licence.
    :raises TooMany: the actor has changed it all day.
    """
    if not proved and changes_who_one_is(actor, person, profile):
        raise StepUpRequired(GIVE_IT)
    CHANGES_PER_ACCOUNT.take(str(actor.pk))
    user = User.objects.lock(actor.pk)
    own = lock_own_profile(user)
    refuse_stale(expected, last_change(user, *filter(None, [own])))
    old_address = user.email
    if isinstance(own, DoctorProfile):
        refuse_verified_identity(own, person, profile)
    if set_fields(user, person):
        keep_a_name(user, person, within="user.")
        user.save()
        addresses.change_address(user, old=old_address)
    if isinstance(own, PatientProfile):
        change_patient(own, profile)
        if person or profile:
            audit.note(user, Action.PROFILE_CHANGED, own_profile(own))
    elif own:
        change_doctor(own, profile)
    return user


def lock_own_profile(user: User) -> PatientProfile | DoctorProfile | None:
    """The profile of an account that is locked; staff have none."""
    match user.user_type:
        case UserType.PATIENT:
            patient = lock_rows(PatientProfile.objects.all()).get(user=user)
            user.patient_profile = patient
            return patient
        case UserType.DOCTOR:
            return lock_profile(user)
        case _:
            return None


def changes_who_one_is(
    user: User, person: Mapping[str, Any], profile: Mapping[str, Any]
) -> bool:
    """Whether one would be found, reached, known or rescued by something else (ADR 42).

    Of a profile no versions are kept: the owner could not see what it was.
    """
    own: Any = None
    names: set[str] = set()
    match user.user_type:
        case UserType.PATIENT:
            own = user.patient_profile
            names = {"emergency_contact", "blood_type", "allergies"}
        case UserType.DOCTOR:
            own, names = user.doctor_profile, {"license_number", "specialization"}
    told = {name: person[name] for name in person.keys() - HOW_ONE_IS_SPOKEN_TO}
    return any(getattr(user, name) != value for name, value in told.items()) or any(
        getattr(own, name) != profile[name] for name in names & profile.keys()
    )


def change_patient(patient: PatientProfile, profile: Mapping[str, Any]) -> None:
    if set_fields(patient, profile):
        patient.save()


def own_profile(patient: PatientProfile) -> Access:
    return Access(patient.pk, "profile", [patient.pk])


def refuse_verified_identity(
    doctor: DoctorProfile, person: Mapping[str, Any], profile: Mapping[str, Any]
) -> None:
    """Keep doctors from becoming somebody else under what staff have checked.

    It holds after a verification has run out, too, until staff take it back.

    :raises VerifiedIdentity: it names the first field at fault.
    """
    if doctor.verified_at is None:
        return
    for name in NAMES:
        if person.get(name, getattr(doctor.user, name)) != getattr(doctor.user, name):
            raise VerifiedIdentity(field=f"user.{name}")
    for name in ("specialization", "license_number"):
        if profile.get(name, getattr(doctor, name)) != getattr(doctor, name):
            raise VerifiedIdentity(field=name)
