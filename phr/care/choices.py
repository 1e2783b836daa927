"""The closed lists of the care domain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    CHECKUP = "CHECKUP", _("Check-up")
    DIAGNOSIS = "DIAGNOSIS", _("Diagnosis")
    PRESCRIPTION = "PRESCRIPTION", _("Prescription")
    LAB_RESULT = "LAB_RESULT", _("Lab result")
    EMERGENCY = "EMERGENCY", _("Emergency")


class GrantStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    ACTIVE = "ACTIVE", _("Active")
    DECLINED = "DECLINED", _("Declined")
    ENDED = "ENDED", _("Ended")
    EXPIRED = "EXPIRED", _("Expired")


OPEN = (GrantStatus.PENDING, GrantStatus.ACTIVE)  # while `expires_at` is ahead


class GrantOrigin(models.TextChoices):
    """From which side a grant was proposed."""

    STAFF = "STAFF", _("Staff")
    PATIENT = "PATIENT", _("Patient")
    DOCTOR = "DOCTOR", _("Doctor")
    EMERGENCY = "EMERGENCY", _("Emergency access")


class EmergencyReason(models.TextChoices):
    """Why a doctor could not wait for the patient to agree."""

    UNCONSCIOUS = "UNCONSCIOUS", _("The patient cannot be asked")
    LIFE_THREATENING = "LIFE_THREATENING", _("Life or limb is in danger")
    URGENT_CARE = "URGENT_CARE", _("Treatment cannot wait for an answer")
    OTHER = "OTHER", _("Another reason, explained in the text")


class EmergencyVerdict(models.TextChoices):
    """What staff found when they reviewed an emergency access."""

    JUSTIFIED = "JUSTIFIED", _("Justified")
    UNJUSTIFIED = "UNJUSTIFIED", _("Not justified")


class VerificationStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    VERIFIED = "VERIFIED", _("Verified")
    REFUSED = "REFUSED", _("Refused")
    REPLACED = "REPLACED", _("Replaced by another")
