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
    """The type of a health record; a grant's scope consists of these."""

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
    EXPIRED = "EXPIRED", "Expired"


OPEN = (GrantStatus.PENDING, GrantStatus.ACTIVE)  # while `expires_at` is ahead


class GrantOrigin(models.TextChoices):
    """From which side a grant was proposed."""

    STAFF = "STAFF", "Staff"
    PATIENT = "PATIENT", "Patient"
    DOCTOR = "DOCTOR", "Doctor"
    EMERGENCY = "EMERGENCY", "Emergency access"


class EmergencyReason(models.TextChoices):
    """Why a doctor could not wait for the patient to agree."""

    UNCONSCIOUS = "UNCONSCIOUS", "The patient cannot be asked"
    LIFE_THREATENING = "LIFE_THREATENING", "Life or limb is in danger"
    URGENT_CARE = "URGENT_CARE", "Treatment cannot wait for an answer"
    OTHER = "OTHER", "Another reason, explained in the text"


class EmergencyVerdict(models.TextChoices):
    """What staff found when they reviewed an emergency access."""

    JUSTIFIED = "JUSTIFIED", "Justified"
    UNJUSTIFIED = "UNJUSTIFIED", "Not justified"


class VerificationStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"
    VERIFIED = "VERIFIED", "Verified"
    REFUSED = "REFUSED", "Refused"
    REPLACED = "REPLACED", "Replaced by another"
