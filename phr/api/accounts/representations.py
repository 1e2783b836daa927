"""People in the API's answers.

Representations are plain functions instead of serializers (ADR 11): a page of 20
records has some 160 nested objects, and building them this way takes a fraction of
the time. The types that they return are the schemas of the document (ADR 70).
"""

from datetime import date, datetime
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from phr.accounts.language import Language
from phr.accounts.models import User, UserType
from phr.accounts.tokens import Tokens
from phr.api.answer_types import Email, Keywords
from phr.care.choices import BloodType
from phr.care.models import DoctorProfile, PatientProfile, is_in_force
from phr.care.profiles import OwnProfile

# Of a doctor as others see them: id, specialization, years of experience, since when
# and until when verified; then id, first and last name of the account.
DoctorColumns = tuple[
    UUID, str, int | None, datetime | None, datetime | None, UUID, str, str
]
BloodTypeOrBlank = Annotated[str, BloodType, Keywords(enum=[*BloodType.values, ""])]
LanguageOrBlank = Annotated[str, Language, Keywords(enum=[*Language.values, ""])]


class UserJson(TypedDict):
    """An account."""

    id: UUID
    username: str
    email: Email
    first_name: str
    last_name: str
    user_type: Annotated[str, UserType]


class ReachableUserJson(UserJson):
    """A patient's account, as their doctor sees it."""

    phone_number: str
    date_of_birth: date | None


class OwnUserJson(ReachableUserJson):
    """An account as its owner sees it."""

    language: LanguageOrBlank
    time_zone: str


class TokensJson(TypedDict):
    """A pair of tokens of one login session."""

    access: str
    refresh: str


class SignedInJson(TypedDict):
    """Who has signed in, and the tokens to prove it."""

    user: UserJson
    tokens: TokensJson


class NameJson(TypedDict):
    """What others see of somebody's account."""

    id: UUID
    first_name: str
    last_name: str


class DoctorJson(TypedDict):
    """A doctor; the licence number is shown to staff and to its owner only."""

    id: UUID
    user: NameJson
    specialization: str
    license_number: NotRequired[str]
    years_of_experience: int | None
    is_verified: bool


class OwnDoctorJson(TypedDict):
    """A doctor as they see themselves."""

    id: UUID
    user: OwnUserJson
    specialization: str
    license_number: str
    years_of_experience: int | None
    is_verified: bool
    verified_until: datetime | None


class PatientJson(TypedDict):
    """A patient, as they and the doctors in whose care they are see them."""

    id: UUID
    user: OwnUserJson
    emergency_contact: str
    blood_type: BloodTypeOrBlank
    allergies: str
    assigned_doctor: DoctorJson | None


class StaffProfileJson(TypedDict):
    """A member of staff, as they see themselves."""

    user: OwnUserJson


def represent_user(user: User) -> UserJson:
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "user_type": user.user_type,
    }


def represent_name(user: User) -> NameJson:
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }


def represent_reachable_user(user: User) -> ReachableUserJson:
    return {
        **represent_user(user),
        "phone_number": user.phone_number,
        "date_of_birth": user.date_of_birth,
    }


def represent_own_user(user: User) -> OwnUserJson:
    return {
        **represent_reachable_user(user),
        "language": user.language,
        "time_zone": user.time_zone,
    }


def represent_tokens(tokens: Tokens) -> TokensJson:
    return {"access": tokens.access, "refresh": tokens.refresh}


def represent_signed_in(user: User, tokens: Tokens) -> SignedInJson:
    return {"user": represent_user(user), "tokens": represent_tokens(tokens)}


def represent_doctor(doctor: DoctorProfile) -> DoctorJson:
    """A doctor as others see them: neither e-mail nor phone nor licence number."""
    user = doctor.user
    return represent_doctor_columns(
        (
            doctor.id,
            doctor.specialization,
            doctor.years_of_experience,
            doctor.verified_at,
            doctor.verified_until,
            user.id,
            user.first_name,
            user.last_name,
        )
    )


def represent_doctor_columns(columns: DoctorColumns) -> DoctorJson:
    """As `represent_doctor`, from the columns of a row."""
    doctor_id, specialization, years, since, until, user_id, first, last = columns
    return {
        "id": doctor_id,
        "user": {"id": user_id, "first_name": first, "last_name": last},
        "specialization": specialization,
        "years_of_experience": years,
        "is_verified": is_in_force(since, until),
    }


def represent_licensed_doctor(doctor: DoctorProfile) -> DoctorJson:
    """A doctor as staff see them."""
    return {**represent_doctor(doctor), "license_number": doctor.license_number}


def represent_own_doctor(doctor: DoctorProfile) -> OwnDoctorJson:
    return {
        "id": doctor.id,
        "user": represent_own_user(doctor.user),
        "specialization": doctor.specialization,
        "years_of_experience": doctor.years_of_experience,
        "is_verified": doctor.is_verified,
        "license_number": doctor.license_number,
        "verified_until": doctor.verified_until,
    }


def represent_patient(
    patient: PatientProfile, assigned: DoctorProfile | None
) -> PatientJson:
    return {
        "id": patient.id,
        "user": represent_own_user(patient.user),
        "emergency_contact": patient.emergency_contact,
        "blood_type": patient.blood_type,
        "allergies": patient.allergies,
        "assigned_doctor": represent_doctor(assigned) if assigned else None,
    }


def represent_profile(
    profile: OwnProfile,
) -> PatientJson | OwnDoctorJson | StaffProfileJson:
    if profile.patient is not None:
        return represent_patient(profile.patient, profile.assigned_doctor)
    if profile.doctor is not None:
        return represent_own_doctor(profile.doctor)
    return {"user": represent_own_user(profile.user)}
