"""Verifying doctors: what they submit, and what staff decide."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.accounts.names import NAMES, full_name, insist_on_name
from phr.accounts.rights import NotPermitted, Right, insist_on_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.choices import VerificationStatus
from phr.care.events import (
    DoctorRefused,
    DoctorVerified,
    LicenseHandedIn,
    VerificationEvent,
)
from phr.care.models import DoctorProfile, DoctorVerification
from phr.care.registration import (
    IDENTITY,
    LicenseNumberTaken,
    change_doctor,
    clear_verification,
    identity_of,
    lock_profile,
    refuse_license_of_verified_doctor,
    replace_pending_license,
    set_fields,
    take_on_identity,
)
from phr.core import events
from phr.core.errors import Conflict, Invalid, NotAllowed, NotFound
from phr.core.rate_limits import Limit
from phr.core.row_locks import lock_rows

LONGEST_VERIFICATION = timedelta(days=10 * 366)
# What staff check of it.
CHECKED = (*IDENTITY, "authority")
LICENSES = Limit("license-hand-in", times=10, window=timedelta(days=1))


class NothingToVerify(Conflict):
    code, title = "nothing_to_verify", _("There is nothing to decide about this doctor")
    advice = _("Wait until the doctor enters or submits a licence.")


class LicenseChanged(Conflict):
    code, title = "license_changed", _("The doctor's licence number has changed")
    advice = _("Check the licence number that the doctor uses now.")


class VerificationEndsWrong(Invalid):
    code = "valid_until_out_of_range"
    advice = _("The end date is in the past or more than ten years ahead.")
    title = _("Choose an end date in the future, at most ten years ahead.")


@transaction.atomic
def hand_in_license(
    *,
    actor: User,
    license_number: str,
    authority: str,
    document_reference: str = "",
    **others: str,
) -> DoctorVerification:
    """Submit a licence for staff to verify. It replaces one that is still waiting.

    A doctor who was never verified is known by it at once. Who was verified is known by
    what staff have checked until they decide, and so asks for another name, too.

    :param others: first_name, last_name, specialization, where they are to change.
    :raises NotAllowed: the actor is not a doctor.
    :raises NameMissing: neither of the two names would be left.
    :raises LicenseNumberTaken: another verified doctor holds this licence.
    :raises TooMany: too many licences of this doctor; all staff are told of each.
    """
    if actor.user_type != UserType.DOCTOR:
        raise NotAllowed(_("Only doctors can submit a licence."))
    LICENSES.take(str(actor.pk))
    doctor = lock_profile(User.objects.lock(actor.pk))
    identity = identity_of(doctor) | others | {"license_number": license_number}
    if others.keys() & set(NAMES):
        insist_on_name(
            identity["first_name"], identity["last_name"], field="first_name"
        )
    refuse_license_of_verified_doctor(
        DoctorProfile(pk=doctor.pk, license_number=license_number)
    )
    if doctor.verified_at is None:
        take_on_identity(doctor, identity)
    replace_pending_license(doctor)
    handed_in = DoctorVerification.objects.create(
        doctor=doctor,
        authority=authority,
        document_reference=document_reference,
        **identity,
    )
    note_verification(actor, Action.LICENSE_HANDED_IN, doctor, Basis.OWN)
    events.emit(LicenseHandedIn(verification_id=handed_in.pk, by=actor.pk))
    return handed_in


@transaction.atomic
def verify_doctor(
    *,
    actor: User,
    doctor_id: UUID,
    at: datetime,
    valid_until: datetime,
    **looked_at: str,
) -> DoctorVerification:
    """Note that staff have checked who this doctor is, and until when that counts.

    It decides about the waiting licence, whose details then become the doctor's;
    without one, about the details in account and profile.

    :param looked_at: what was checked, of `CHECKED`; the doctor may have changed it.
    :raises NotPermitted: the actor has not got the right.
    :raises NotFound: there is no such doctor.
    :raises NothingToVerify: the doctor has named no licence.
    :raises LicenseChanged: it is not what was checked any more.
    :raises VerificationEndsWrong: as it says.
    :raises LicenseNumberTaken: another verified doctor holds the same number.
    """
    doctor = lock_doctor(actor, doctor_id)
    if not at < valid_until <= at + LONGEST_VERIFICATION:
        raise VerificationEndsWrong(field="valid_until")
    decided = find_license_in_question(doctor)
    if not decided.license_number:
        raise NothingToVerify(_("This doctor has not entered a licence."))
    refuse_changed_license(decided, looked_at)
    doctor.verified_at, doctor.verified_by = at, actor
    doctor.verified_until = valid_until
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            take_on_identity(
                doctor, {name: getattr(decided, name) for name in IDENTITY}
            )
    except IntegrityError as error:
        raise LicenseNumberTaken(field="license_number") from error
    decided.status, decided.valid_until = VerificationStatus.VERIFIED, valid_until
    return save_decision(actor, Action.DOCTOR_VERIFIED, decided, DoctorVerified, at)


@transaction.atomic
def refuse_doctor(
    *,
    actor: User,
    doctor_id: UUID,
    at: datetime,
    reason: str,
    **looked_at: str,
) -> DoctorVerification:
    """Say no to the licence that waits, or take back a verification that was given.

    Where a renewal waits it is that which is refused; the verification runs on. Doctors
    who are no longer verified can change their details freely again.

    :param reason: for the doctor.
    :param looked_at: as for `verify_doctor`.
    :raises NotPermitted: the actor has not got the right.
    :raises NotFound: there is no such doctor.
    :raises NothingToVerify: nothing waits, and nothing is verified.
    :raises LicenseChanged: it is not what was looked at any more.
    """
    doctor = lock_doctor(actor, doctor_id)
    waiting = find_pending_license(doctor)
    decided = waiting or build_verification(doctor)
    refuse_changed_license(decided, looked_at)
    if waiting is None:
        if doctor.verified_at is None:
            raise NothingToVerify(
                _("No licence is waiting, and the doctor is not verified.")
            )
        clear_verification(doctor)
        doctor.save()
    decided.status, decided.reason = VerificationStatus.REFUSED, reason
    return save_decision(actor, Action.DOCTOR_REFUSED, decided, DoctorRefused, at)


def save_decision(
    actor: User,
    action: Action,
    decided: DoctorVerification,
    event_type: type[VerificationEvent],
    at: datetime,
) -> DoctorVerification:
    """Store what staff have decided with its ledger entry and its event."""
    decided.decided_by, decided.decided_at = actor, at
    decided.save()
    note_verification(actor, action, decided.doctor, Basis.STAFF)
    events.emit(event_type(verification_id=decided.pk, by=actor.pk))
    return decided


def insist_on_right_to_verify(actor: User, doctor_id: UUID) -> None:
    """See that somebody may decide about doctors; a refusal is entered.

    :raises NotPermitted: nobody has given them the right.
    """
    try:
        insist_on_right(actor, Right.VERIFY_DOCTORS)
    except NotPermitted:
        audit.note_denied(
            actor,
            Action.DOCTOR_DECIDED,
            object_kind="doctor",
            object_id=doctor_id,
            patient_id=None,
        )
        raise


def lock_doctor(actor: User, doctor_id: UUID) -> DoctorProfile:
    """The account first and the profile then, as its owner's changes do."""
    insist_on_right(actor, Right.VERIFY_DOCTORS)
    users = lock_rows(User.objects.all())
    user = users.filter(doctor_profile=doctor_id).first()
    if user is None:
        raise NotFound
    return lock_profile(user)


def refuse_changed_license(
    decided: DoctorVerification, looked_at: Mapping[str, str]
) -> None:
    """What doctors submit while staff decide must not pass as what staff checked."""
    if any(getattr(decided, name) != looked_at[name] for name in looked_at):
        raise LicenseChanged


def find_license_in_question(doctor: DoctorProfile) -> DoctorVerification:
    """What staff decide about if they decide now, for them to look at."""
    return find_pending_license(doctor) or build_verification(doctor)


def find_pending_license(doctor: DoctorProfile) -> DoctorVerification | None:
    """The licence that waits; one from before names were kept goes by the present."""
    waiting = DoctorVerification.objects.filter(
        doctor=doctor, status=VerificationStatus.PENDING
    ).first()
    if waiting is None:
        return None
    waiting.doctor = doctor
    if not full_name(waiting.first_name, waiting.last_name):
        for name, present in identity_of(doctor).items():
            setattr(waiting, name, getattr(waiting, name) or present)
    return waiting


def build_verification(doctor: DoctorProfile) -> DoctorVerification:
    """A decision by staff about the details in account and profile."""
    return DoctorVerification(doctor=doctor, **identity_of(doctor))


@transaction.atomic
def correct_doctor(
    *, actor: User, doctor_id: UUID, values: Mapping[str, Any], at: datetime
) -> DoctorProfile:
    """Change what stands of a doctor, as staff who verify doctors.

    A verified doctor stays verified with the current name, which is stored as a
    decision; only a new licence number needs a new decision.

    :param values: new values of names and profile, by name.
    :raises NotPermitted: the actor has not got the right.
    :raises NotFound: there is no such doctor.
    :raises LicenseNumberTaken: another verified doctor holds the same number.
    """
    doctor = lock_doctor(actor, doctor_id)
    before = identity_of(doctor)
    if set_fields(
        doctor.user, {name: values[name] for name in NAMES if name in values}
    ):
        doctor.user.save(update_fields=[*NAMES, "updated_at"])
    of_profile = {name: values[name] for name in values if name not in NAMES}
    change_doctor(doctor, of_profile)
    note_verification(actor, Action.DOCTOR_CORRECTED, doctor, Basis.STAFF)
    if doctor.is_verified and doctor.verified_until and identity_of(doctor) != before:
        decided = build_verification(doctor)
        decided.status = VerificationStatus.VERIFIED
        decided.valid_until = doctor.verified_until
        save_decision(actor, Action.DOCTOR_VERIFIED, decided, DoctorVerified, at)
    return doctor


def note_verification(
    actor: User, action: Action, doctor: DoctorProfile, basis: Basis
) -> None:
    audit.note(actor, action, Access(None, "doctor", [doctor.pk], basis=basis))
