"""Patients, doctors, and the grants by which the one lets the other in."""

from phr.care.models.grants import CareGrant, EmergencyAccess
from phr.care.models.people import (
    LONGEST_REASON,
    DoctorProfile,
    DoctorVerification,
    PatientProfile,
    is_in_force,
)

__all__ = [
    "LONGEST_REASON",
    "CareGrant",
    "DoctorProfile",
    "DoctorVerification",
    "EmergencyAccess",
    "PatientProfile",
    "is_in_force",
]
