"""Doctors, their licences, grants and emergencies in the admin site."""

from phr.care.admin.doctors import DoctorProfileAdmin
from phr.care.admin.emergencies import EmergencyAccessAdmin
from phr.care.admin.grants import CareGrantAdmin
from phr.care.admin.signed_in import staff
from phr.care.admin.verifications import DoctorVerificationAdmin

__all__ = [
    "CareGrantAdmin",
    "DoctorProfileAdmin",
    "DoctorVerificationAdmin",
    "EmergencyAccessAdmin",
    "staff",
]
