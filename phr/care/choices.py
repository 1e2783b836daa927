"""The closed lists of the care domain."""

from django.db import models


class BloodType(models.TextChoices):
    A_POSITIVE = "A+", "A+"
    A_NEGATIVE = "A-", "A-"
    B_POSITIVE = "B+", "B+"
    B_NEGATIVE = "B-", "B-"
    AB_POSITIVE = "AB+", "AB+"
    AB_NEGATIVE = "AB-", "AB-"
    O_POSITIVE = "O+", "O+"
    O_NEGATIVE = "O-", "O-"


class RecordType(models.TextChoices):
    """What a health record is about; a grant's scope is made of these."""

    CHECKUP = "CHECKUP", "Check-up"
    DIAGNOSIS = "DIAGNOSIS", "Diagnosis"
    PRESCRIPTION = "PRESCRIPTION", "Prescription"
    LAB_RESULT = "LAB_RESULT", "Lab result"
    EMERGENCY = "EMERGENCY", "Emergency"


class GrantStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"
    ACTIVE = "ACTIVE", "Active"
    DECLINED = "DECLINED", "Declined"
    ENDED = "ENDED", "Ended"


class GrantOrigin(models.TextChoices):
    """From which side a grant was proposed."""

    STAFF = "STAFF", "Staff"
    PATIENT = "PATIENT", "Patient"
    DOCTOR = "DOCTOR", "Doctor"
