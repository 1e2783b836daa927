"""Who a doctor is: what they hand in, and what staff make of it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from phr.accounts.models import User, UserType
from phr.accounts.rights import NotPermitted, Right, insist_on_right
from phr.audit import services as audit
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorProfile, DoctorVerification
from phr.care.registration import (
    LicenseNumberTaken,
    change_license_number,
    replace_pending,
    unverify,
)
from phr.core import events
from phr.core.counters import Limit
from phr.core.errors import Conflict, Invalid, NotAllowed, NotFound

LONGEST_VERIFICATION = timedelta(days=10 * 366)
LICENSES = Limit("license-hand-in", times=10, window=timedelta(days=1))


class NothingToVerify(Conflict):
    code, title = "nothing_to_verify", "There is nothing to decide about this doctor"


class LicenseChanged(Conflict):
    code, title = "license_changed", "The doctor names another licence by now"


class VerificationEndsWrong(Invalid):
    code = "valid_until_out_of_range"
    title = "A verification ends in the future, at most ten years ahead."


@transaction.atomic
def hand_in(
    *,
    actor: User,
    license_number: str,
    authority: str,
    document_reference: str = "",
) -> DoctorVerification:
    """Hand in a licence for staff to verify; what waited before is replaced.

    Another number than the profile's takes the verification away: staff have checked
    the old one. The same number renews it, and the old verification counts meanwhile.

    :raises NotAllowed: the actor is not a doctor.
    :raises LicenseNumberTaken: another verified doctor holds this licence.
    :raises TooMany: too many licences of this doctor; all staff are told of each.
    """
    if actor.user_type != UserType.DOCTOR:
        raise NotAllowed("Only doctors have a licence to hand in.")
    LICENSES.take(str(actor.pk))
    doctor = DoctorProfile.objects.select_for_update(no_key=True).get(user=actor)
    doctor.user = actor
    if change_license_number(doctor, license_number):
        doctor.save()
    replace_pending(doctor)
    handed_in = DoctorVerification.objects.create(
        doctor=doctor,
        license_number=license_number,
        authority=authority,
        document_reference=document_reference,
    )
    note(actor, "care.license_handed_in", doctor, Basis.OWN)
    events.emit("care.license_handed_in", verification_id=handed_in.pk, by=actor.pk)
    return handed_in


@transaction.atomic
def verify_doctor(
    *,
    actor: User,
    doctor_id: UUID,
    at: datetime,
    valid_until: datetime,
    license_number: str | None = None,
) -> DoctorVerification:
    """Note that staff have checked who this doctor is, and until when that counts.

    It decides about the licence that waits; without one, about the number in the
    doctor's profile.

    :param license_number: what was checked, if the doctor may have changed it since.
    :raises NotPermitted: the actor has not got the right.
    :raises NotFound: there is no such doctor.
    :raises NothingToVerify: the doctor has named no licence.
    :raises LicenseChanged: the doctor's licence is not the one that was checked.
    :raises VerificationEndsWrong: as it says.
    :raises LicenseNumberTaken: another verified doctor holds the same number.
    """
    doctor = lock_doctor(actor, doctor_id)
    if not at < valid_until <= at + LONGEST_VERIFICATION:
        raise VerificationEndsWrong(field="valid_until")
    if not doctor.license_number:
        raise NothingToVerify("This doctor has named no licence.")
    refuse_other_license(doctor, license_number)
    doctor.verified_at, doctor.verified_by = at, actor
    doctor.verified_until = valid_until
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            doctor.save()
    except IntegrityError as error:
        raise LicenseNumberTaken(field="license_number") from error
    decided = pending_of(doctor) or unasked(doctor)
    decided.status, decided.valid_until = VerificationStatus.VERIFIED, valid_until
    return save_decision(actor, "care.doctor_verified", decided, at)


@transaction.atomic
def refuse_doctor(
    *,
    actor: User,
    doctor_id: UUID,
    at: datetime,
    reason: str,
    license_number: str | None = None,
) -> DoctorVerification:
    """Say no to the licence that waits, or take back a verification that was given.

    Where a renewal waits it is that which is refused; the verification runs on.

    :param reason: for the doctor.
    :param license_number: as for `verify_doctor`.
    :raises NotPermitted: the actor has not got the right.
    :raises NotFound: there is no such doctor.
    :raises NothingToVerify: nothing waits, and nothing is verified.
    :raises LicenseChanged: the doctor's licence is not the one that was looked at.
    """
    doctor = lock_doctor(actor, doctor_id)
    refuse_other_license(doctor, license_number)
    decided = pending_of(doctor)
    if decided is None:
        if not doctor.is_verified:
            raise NothingToVerify("Nothing waits, and nothing is verified.")
        decided = unasked(doctor)
        unverify(doctor)
        doctor.save()
    decided.status, decided.reason = VerificationStatus.REFUSED, reason
    return save_decision(actor, "care.doctor_refused", decided, at)


def save_decision(
    actor: User, action: str, decided: DoctorVerification, at: datetime
) -> DoctorVerification:
    """Store what staff have decided with its ledger entry and its event."""
    decided.decided_by, decided.decided_at = actor, at
    decided.save()
    note(actor, action, decided.doctor, Basis.STAFF)
    events.emit(action, verification_id=decided.pk, by=actor.pk)
    return decided


def insist_on_verifying(actor: User, doctor_id: UUID) -> None:
    """See that somebody may decide about doctors; a refusal is entered.

    :raises NotPermitted: nobody has given them the right.
    """
    try:
        insist_on_right(actor, Right.VERIFY_DOCTORS)
    except NotPermitted:
        audit.note_refusal(
            actor,
            "care.doctor_decided",
            object_kind="doctor",
            object_id=doctor_id,
            patient_id=None,
        )
        raise


def lock_doctor(actor: User, doctor_id: UUID) -> DoctorProfile:
    insist_on_right(actor, Right.VERIFY_DOCTORS)
    doctors = DoctorProfile.objects.select_for_update(no_key=True, of=("self",))
    doctor = doctors.select_related("user").filter(pk=doctor_id).first()
    if doctor is None:
        raise NotFound
    return doctor


def refuse_other_license(doctor: DoctorProfile, looked_at: str | None) -> None:
    """What a doctor hands in while staff decide must not pass as what they checked."""
    if looked_at not in (None, doctor.license_number):
        raise LicenseChanged


def pending_of(doctor: DoctorProfile) -> DoctorVerification | None:
    pending = DoctorVerification.objects.filter(
        doctor=doctor, status=VerificationStatus.PENDING
    )
    return pending.select_related("doctor__user").first()


def unasked(doctor: DoctorProfile) -> DoctorVerification:
    """What staff decide by themselves about the number in the doctor's profile."""
    return DoctorVerification(doctor=doctor, license_number=doctor.license_number)


def note(actor: User, action: str, doctor: DoctorProfile, basis: Basis) -> None:
    audit.note(actor, action, Access(None, "doctor", [doctor.pk], basis=basis))
