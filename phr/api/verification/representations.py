"""Doctors' licences in the API's answers."""

from phr.api.accounts.representations import represent_licensed_doctor
from phr.api.json import JsonObject
from phr.care.models import DoctorVerification


def represent_verification(verification: DoctorVerification) -> JsonObject:
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


def represent_verification_for_staff(verification: DoctorVerification) -> JsonObject:
    return represent_verification(verification) | {
        "doctor": represent_licensed_doctor(verification.doctor)
    }
