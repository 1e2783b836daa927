"""Doctors' licences in the API's answers."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from phr.api.accounts.representations import DoctorJson, represent_licensed_doctor
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorProfile, DoctorVerification


class DoctorVerificationJson(TypedDict):
    """A licence and the decision of staff."""

    id: UUID
    first_name: Annotated[str, "Blank in old decisions, made before names were stored."]
    last_name: str
    specialization: str
    license_number: str
    authority: Annotated[str, "Blank if staff decided without a submitted licence."]
    document_reference: str
    status: Annotated[str, VerificationStatus]
    valid_until: datetime | None
    reason: Annotated[str, "Why it was refused."]
    created_at: datetime
    decided_at: datetime | None


class StandingJson(TypedDict):
    """Whether a doctor is verified now, and the licence that was last to be decided."""

    is_verified: bool
    verified_until: datetime | None
    latest: DoctorVerificationJson | None


class StaffVerificationJson(DoctorVerificationJson):
    """The same as staff see it, with the doctor whose licence it is."""

    doctor: DoctorJson


def represent_standing(
    doctor: DoctorProfile, latest: DoctorVerification | None
) -> StandingJson:
    return {
        "is_verified": doctor.is_verified,
        "verified_until": doctor.verified_until,
        "latest": represent_verification(latest) if latest else None,
    }


def represent_verification(verification: DoctorVerification) -> DoctorVerificationJson:
    return {
        "id": verification.id,
        "first_name": verification.first_name,
        "last_name": verification.last_name,
        "specialization": verification.specialization,
        "license_number": verification.license_number,
        "authority": verification.authority,
        "document_reference": verification.document_reference,
        "status": verification.status,
        "valid_until": verification.valid_until,
        "reason": verification.reason,
        "created_at": verification.created_at,
        "decided_at": verification.decided_at,
    }


def represent_verification_for_staff(
    verification: DoctorVerification,
) -> StaffVerificationJson:
    return {
        **represent_verification(verification),
        "doctor": represent_licensed_doctor(verification.doctor),
    }
