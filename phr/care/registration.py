"""Creating an account with its profile, and the rules for their content."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from phr.accounts import addresses
from phr.accounts.models import User, UserType
from phr.accounts.names import NAMES, insist_on_name
from phr.accounts.passwords import check_new_password
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorProfile, DoctorVerification, PatientProfile
from phr.care.querysets import searched_as
from phr.core.errors import Invalid
from phr.core.rate_limits import Limit
from phr.core.request_origin import client_network
from phr.core.row_locks import lock_rows


class UsernameTaken(Invalid):
    code, title = "unique", _("This username is taken.")


class LicenseNumberTaken(Invalid):
    code, title = "unique", _("A verified doctor holds this licence number.")


REGISTRATIONS_PER_ADDRESS = Limit("register:address", 60, timedelta(hours=1))
REGISTRATIONS_A_DAY = Limit("register:address-a-day", 240, timedelta(days=1))


# What a doctor is known by.
IDENTITY = (*NAMES, "specialization", "license_number")


def register(
    *,
    username: str,
    password: str,
    user_type: UserType,
    profile: Mapping[str, Any],
    **person: Any,
) -> User:
    """Make an account with the profile of its kind.

    :param profile: the fields of the doctor's profile; empty for a patient.
    :param person: email, first_name, last_name, phone_number, date_of_birth,
        language, time_zone.
    :raises NameMissing: neither of the two names is there.
    :raises UsernameTaken: somebody has this name, in whatever case.
    :raises LicenseNumberTaken: a verified doctor holds this licence.
    :raises WeakPassword: Django's validators refuse the password.
    :raises TooMany: too many sign-ups from this client's address.
    """
    REGISTRATIONS_PER_ADDRESS.take(client_network())
    REGISTRATIONS_A_DAY.take(client_network())
    user = User(username=username, user_type=user_type, **person)
    insist_on_name(user.first_name, user.last_name, field="first_name")
    check_new_password(password, user)
    user.set_password(password)
    with transaction.atomic():
        save_new_user(user)
        open_profile(actor=user, user=user, profile=profile)
    return user


def open_profile(*, actor: User, user: User, profile: Mapping[str, Any]) -> None:
    """Make the profile that goes with a new account; staff have none.

    :param actor: the users themselves, or staff.
    :raises LicenseNumberTaken: a verified doctor holds this licence.
    """
    if user.user_type == UserType.DOCTOR:
        doctor = DoctorProfile(user=user, **profile)
        refuse_license_of_verified_doctor(doctor)
        save_doctor(doctor)
    elif user.user_type == UserType.PATIENT:
        patient = PatientProfile.objects.create(user=user, **profile)
        basis = Basis.OWN if actor == user else Basis.STAFF
        made = Access(patient.pk, "profile", [patient.pk], basis=basis)
        audit.note(actor, Action.PATIENT_REGISTERED, made)


def save_new_user(user: User) -> None:
    """Save an account and have its address confirmed.

    :raises UsernameTaken: somebody has this name, in whatever case.
    """
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            user.save(force_insert=True)
            addresses.claim_address(user)
    except IntegrityError as error:
        if "accounts_one_user_per_name_in_any_case" not in str(error):
            raise
        raise UsernameTaken(field="username") from None


def refuse_license_of_verified_doctor(doctor: DoctorProfile) -> None:
    """A number that staff have checked is one doctor's; a claimed one is nobody's."""
    others = DoctorProfile.objects.exclude(pk=doctor.pk)
    # That it is not empty follows; it says that the index of such numbers will do.
    held = others.exclude(license_number="").filter(
        license_number__iexact=doctor.license_number, verified_at__isnull=False
    )
    if doctor.license_number and held.exists():
        raise LicenseNumberTaken(field="license_number")


def note_search_text(doctor: DoctorProfile) -> None:
    """Bring the text that the directory looks through up to date with the others."""
    user = doctor.user
    doctor.search_text = searched_as(
        user.first_name, user.last_name, doctor.specialization
    )


def save_doctor(doctor: DoctorProfile) -> None:
    note_search_text(doctor)
    doctor.save()


def lock_profile(user: User) -> DoctorProfile:
    """A doctor's own profile, locked after the account: the order of all who do."""
    doctor = lock_rows(DoctorProfile.objects.all()).get(user=user)
    doctor.user = user
    return doctor


def change_doctor(doctor: DoctorProfile, profile: Mapping[str, Any]) -> None:
    """Put new values into a doctor's row, which is locked with its account.

    :raises LicenseNumberTaken: a verified doctor holds this licence.
    """
    others = dict(profile)
    number = others.pop("license_number", doctor.license_number)
    if change_license_number(doctor, number):
        replace_pending_license(doctor)
    set_fields(doctor, others)
    save_doctor(doctor)  # also for a new name, which searches look through


def identity_of(doctor: DoctorProfile) -> dict[str, str]:
    """What a doctor is known by."""
    return {
        name: getattr(doctor.user if name in NAMES else doctor, name)
        for name in IDENTITY
    }


def take_on_identity(doctor: DoctorProfile, identity: Mapping[str, str]) -> None:
    """Make a doctor known by a name, a specialization and a licence number.

    :param doctor: locked with the account.
    """
    names = {name: identity[name] for name in NAMES if name in identity}
    if set_fields(doctor.user, names):
        doctor.user.save(update_fields=[*NAMES, "updated_at"])
    set_fields(doctor, {name: identity[name] for name in identity.keys() - names})
    save_doctor(doctor)


def change_license_number(doctor: DoctorProfile, number: str) -> bool:
    """Put another number into a doctor's row, unverified; say whether it is another.

    :raises LicenseNumberTaken: a verified doctor holds this licence.
    """
    if number == doctor.license_number:
        return False
    doctor.license_number = number
    refuse_license_of_verified_doctor(doctor)
    clear_verification(doctor)
    return True


def clear_verification(doctor: DoctorProfile) -> None:
    doctor.verified_at = doctor.verified_by = doctor.verified_until = None


def replace_pending_license(doctor: DoctorProfile) -> None:
    """Take back the licence that waits for staff: it is not the doctor's any more."""
    DoctorVerification.objects.filter(
        doctor=doctor, status=VerificationStatus.PENDING
    ).update(status=VerificationStatus.REPLACED, updated_at=Now())


def keep_a_name(user: User, values: Mapping[str, Any], *, within: str = "") -> None:
    """See that new values leave somebody one of their two names.

    :param within: where the input has the names, with a dot at its end.
    :raises NameMissing: it names the first of the values that are blank.
    """
    for name in NAMES:
        if name in values:
            insist_on_name(user.first_name, user.last_name, field=within + name)


def set_fields(
    row: User | PatientProfile | DoctorProfile, values: Mapping[str, Any]
) -> bool:
    """Put new values into a row, and say whether any of them is another one."""
    changed = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return changed
