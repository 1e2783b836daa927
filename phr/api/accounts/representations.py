"""People in the API's answers.

Representations are plain functions instead of serializers (ADR 11): a page of 20
records has some 160 nested objects, and building them this way takes a fraction of
the time.
"""

from phr.accounts.models import User
from phr.accounts.rights import Right, has_right
from phr.accounts.tokens import Tokens
from phr.api.json import JsonObject
from phr.care.models import DoctorProfile, PatientProfile
from phr.care.profiles import OwnProfile


def represent_user(user: User) -> JsonObject:
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "user_type": user.user_type,
    }


def represent_name(user: User) -> JsonObject:
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }


def represent_own_user(user: User) -> JsonObject:
    """What somebody sees of themselves, and a doctor of a patient in their care."""
    return represent_user(user) | {
        "phone_number": user.phone_number,
        "date_of_birth": user.date_of_birth,
    }


def represent_tokens(tokens: Tokens) -> JsonObject:
    return {"access": tokens.access, "refresh": tokens.refresh}


def represent_doctor(doctor: DoctorProfile) -> JsonObject:
    """A doctor as others see them: neither e-mail nor phone nor licence number."""
    user = doctor.user
    return {
        "id": doctor.id,
        "user": represent_name(user),
        "specialization": doctor.specialization,
        "years_of_experience": doctor.years_of_experience,
        "is_verified": doctor.is_verified,
    }


def represent_licensed_doctor(doctor: DoctorProfile) -> JsonObject:
    """A doctor as staff see them."""
    return represent_doctor(doctor) | {"license_number": doctor.license_number}


def represent_own_doctor(doctor: DoctorProfile) -> JsonObject:
    return represent_licensed_doctor(doctor) | {
        "user": represent_own_user(doctor.user),
        "verified_until": doctor.verified_until,
    }


def represent_patient(
    patient: PatientProfile, assigned: DoctorProfile | None
) -> JsonObject:
    return {
        "id": patient.id,
        "user": represent_own_user(patient.user),
        "emergency_contact": patient.emergency_contact,
        "blood_type": patient.blood_type,
        "allergies": patient.allergies,
        "assigned_doctor": represent_doctor(assigned) if assigned else None,
    }


def represent_patient_for_staff(
    staff: User, patient: PatientProfile, assigned: DoctorProfile | None
) -> JsonObject:
    """A patient as staff see them: nothing clinical, and beyond the name only what
    they might look up in the admin site, too."""
    shown = {
        "id": patient.id,
        "user": represent_name(patient.user),
        "assigned_doctor": represent_doctor(assigned) if assigned else None,
    }
    if has_right(staff, Right.SEE_PEOPLE):
        shown["user"] = represent_own_user(patient.user)
    if has_right(staff, Right.SEE_PATIENTS):
        shown["emergency_contact"] = patient.emergency_contact
    return shown


def represent_profile(profile: OwnProfile) -> JsonObject:
    if profile.patient is not None:
        return represent_patient(profile.patient, profile.assigned_doctor)
    if profile.doctor is not None:
        return represent_own_doctor(profile.doctor)
    return {"user": represent_own_user(profile.user)}
