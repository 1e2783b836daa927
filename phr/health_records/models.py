"""Health records and the doctors' comments on them."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from phr.accounts.models import User
from phr.care.choices import RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.models import BaseModel
from phr.core.text import fold
from phr.health_records.querysets import DoctorCommentQuerySet, HealthRecordQuerySet

EARLIEST_VISIT = datetime(1900, 1, 1, tzinfo=UTC)
LONGEST_TITLE = 200  # characters
LONGEST_TEXT = 20_000
LONGEST_COMMENT = 10_000
TEXTS = ("description", "symptoms", "diagnosis", "treatment", "medications")


def text_field() -> "models.CharField[str, str]":
    return models.CharField(max_length=LONGEST_TEXT, blank=True, default="")


class HealthRecord(BaseModel):
    """One entry of a patient's health history. Only the patient writes it."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="health_records", db_index=False
    )
    record_type = models.CharField(max_length=20, choices=RecordType.choices)
    title = models.CharField(max_length=LONGEST_TITLE)
    description = text_field()
    symptoms = text_field()
    diagnosis = text_field()
    treatment = text_field()
    medications = text_field()
    visit_date = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(editable=False)

    objects = HealthRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(record_type__in=RecordType.values),
                name="health_records_type_is_known",
            ),
            models.CheckConstraint(
                condition=Q(title__regex=r"\S"),
                name="health_records_title_is_not_blank",
            ),
            models.CheckConstraint(
                condition=Q(visit_date__gte=EARLIEST_VISIT),
                name="health_records_visit_since_1900",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="health_records_version_from_1"
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-visit_date", "-id"],
                condition=Q(deleted_at=None),
                name="health_records_newest_first",
            ),
        ]
        permissions = [("read_clinical_text", "Can read clinical text (is logged)")]

    def __str__(self) -> str:
        return f"{self.get_record_type_display()} of {self.visit_date:%Y-%m-%d}"

    def fold_for_search(self) -> None:
        """Bring the text that searches look through up to date with the others."""
        self.search_text = fold(self.title, *(getattr(self, name) for name in TEXTS))


class DoctorComment(BaseModel):
    """What a doctor says about a record, to the patient or among doctors."""

    health_record = models.ForeignKey(
        HealthRecord, models.PROTECT, related_name="doctor_comments", db_index=False
    )
    doctor = models.ForeignKey(DoctorProfile, models.PROTECT, related_name="comments")
    comment = models.CharField(max_length=LONGEST_COMMENT)
    is_private = models.BooleanField(
        default=False, help_text="Hidden from the patient."
    )

    objects = DoctorCommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__regex=r"\S"),
                name="health_records_comment_is_not_blank",
            ),
        ]
        indexes = [
            models.Index(
                fields=["health_record", "-created_at", "-id"],
                name="health_records_comments",
            ),
        ]

    def __str__(self) -> str:
        return f"Comment by {self.doctor}"
