"""Health records and the doctors' comments on them."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.choices import RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.models import BaseModel
from phr.health_records.querysets import (
    CommentVersionQuerySet,
    DoctorCommentQuerySet,
    HealthRecordQuerySet,
    RecordVersionQuerySet,
)
from phr.health_records.search import stored_words
from phr.health_records.version_tables import (
    only_added,
    reference_to,
    version_id,
    versions_of,
)
from phr.health_records.visit_times import FURTHEST_OFFSET, own_time

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

EARLIEST_VISIT = datetime(1900, 1, 1, tzinfo=UTC)
LONGEST_TITLE = 200  # characters
LONGEST_TEXT = 20_000
LONGEST_COMMENT = 10_000
TEXTS = (
    "description",
    "symptoms",
    "diagnosis",
    "treatment",
    "medications",
)
SEARCHED = frozenset(("title", *TEXTS))
# What patients write of a record.
RECORD_FIELDS = ("record_type", "title", *TEXTS, "visit_date")


def text_field(name: "StrOrPromise", **options: Any) -> "models.CharField[str, str]":
    """:param name: what people call it, in the admin site."""
    return models.CharField(
        name, max_length=LONGEST_TEXT, blank=True, default="", **options
    )


class HealthRecord(BaseModel):
    """One entry of a patient's health history. Only the patient writes it."""

    patient = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        related_name="health_records",
        db_index=False,
        verbose_name=_("patient"),
    )
    record_type = models.CharField(
        _("record type"), max_length=20, choices=RecordType.choices
    )
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    description = text_field(_("description"))
    symptoms = text_field(_("symptoms"))
    diagnosis = text_field(_("diagnosis"))
    treatment = text_field(_("treatment"))
    medications = text_field(_("medications"))
    visit_date = models.DateTimeField(_("visit"))
    visit_offset = models.SmallIntegerField(
        default=0,
        db_default=0,
        help_text=_("Offset from UTC at the place of the visit, in minutes."),
    )
    created_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("created by"),
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    search_words = SearchVectorField(editable=False)

    objects = HealthRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("health record")
        verbose_name_plural = _("health records")
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
                condition=Q(visit_offset__range=(-FURTHEST_OFFSET, FURTHEST_OFFSET)),
                name="health_records_visit_offset_is_one_of_clocks",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="health_records_version_from_1"
            ),
        ]
        indexes = [
            # With type and offset: what a grant's scope covers is decided in it.
            models.Index(
                fields=["patient", "-visit_date", "-id"],
                include=["record_type", "visit_offset"],
                condition=Q(deleted_at=None),
                name="health_records_in_order",
            ),
            # Everybody's, for doctors of many: who may see them is decided in it.
            models.Index(
                fields=["-visit_date", "-id"],
                include=["patient", "record_type", "visit_offset"],
                condition=Q(deleted_at=None),
                name="health_records_newest",
            ),
            models.Index(
                fields=["patient", "record_type", "-visit_date", "-id"],
                include=["visit_offset"],
                condition=Q(deleted_at=None),
                name="health_records_of_type",
            ),
            # For doctors: what is new, and which of their patients has it.
            models.Index(
                fields=["patient", "-updated_at", "-id"],
                include=["record_type", "visit_date", "visit_offset"],
                condition=Q(deleted_at=None),
                name="health_records_changed",
            ),
            # Without the list of what is still to be added: each search would read it.
            GinIndex(
                fields=["search_words"], fastupdate=False, name="health_records_words"
            ),
            models.Index(
                fields=["patient", "-visit_date", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="health_records_deleted",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="health_records_to_be_purged",
            ),
            # Erasing goes by these, and PostgreSQL, which looks whether somebody who
            # is erased is still named here.
            models.Index(fields=["patient", "id"], name="health_records_of_patient"),
            models.Index(fields=["created_by"], name="health_records_by_author"),
        ]
        permissions = [
            ("read_clinical_text", gettext_noop("Can read clinical text (is logged)"))
        ]

    def __str__(self) -> str:
        return gettext("%(record_type)s of %(day)s") % {
            "record_type": self.get_record_type_display(),
            "day": self.visit_day,
        }

    @property
    def visit(self) -> datetime:
        """The visit with the time of day that it had where it was."""
        return own_time(self.visit_date, self.visit_offset)

    @property
    def visit_day(self) -> date:
        """The day of the visit where it was."""
        return self.visit.date()

    def note_words(self) -> None:
        """Bring the words that searches look for up to date with the texts."""
        texts = (getattr(self, name) for name in TEXTS)
        self.search_words = stored_words(self.patient_id, self.title, *texts)


class DoctorComment(BaseModel):
    """What a doctor says about a record, to the patient or among doctors."""

    health_record = models.ForeignKey(
        HealthRecord,
        models.PROTECT,
        related_name="doctor_comments",
        db_index=False,
        verbose_name=_("record"),
    )
    doctor = models.ForeignKey(
        DoctorProfile,
        models.PROTECT,
        related_name="comments",
        verbose_name=_("doctor"),
    )
    comment = models.CharField(_("comment"), max_length=LONGEST_COMMENT)
    is_private = models.BooleanField(
        _("private"), default=False, help_text=_("Hidden from the patient.")
    )
    version = models.PositiveIntegerField(default=1)

    objects = DoctorCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment by a doctor")
        verbose_name_plural = _("comments by doctors")
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__regex=r"\S"),
                name="health_records_comment_is_not_blank",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="health_records_comment_version_from_1",
            ),
        ]
        indexes = [
            models.Index(
                fields=["health_record", "-created_at", "-id"],
                name="health_records_comments",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Comment by %(doctor)s") % {"doctor": self.doctor}


# Triggers keep the row as it was before each change that touches one of these columns,
# whoever makes the change and in whatever way. Creating a row stores nothing.
RECORD_COLUMNS = (
    *("id", "patient", *RECORD_FIELDS, "visit_offset", "version", "deleted_at"),
)
COMMENT_COLUMNS = ("id", "health_record", "doctor", "comment", "is_private", "version")


class RecordVersion(
    versions_of(HealthRecord, RECORD_COLUMNS)  # type: ignore[misc] # made of its columns
):
    """A record as it was until the change that this row tells of.

    `id` is the record's; `pgh_context` says who made the change, `pgh_created_at` when.
    """

    pgh_id = version_id()
    patient = reference_to(PatientProfile)

    objects = RecordVersionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["id", "-pgh_created_at", "-pgh_id"],
                name="health_records_record_changes",
            ),
            models.Index(fields=["id", "version"], name="health_records_record_as_was"),
            models.Index(
                fields=["patient", "id"], name="health_records_old_of_patient"
            ),
        ]
        triggers = [only_added()]


class CommentVersion(
    versions_of(DoctorComment, COMMENT_COLUMNS)  # type: ignore[misc] # made of its columns
):
    """A comment as it was until the change that this row tells of."""

    pgh_id = version_id()
    health_record = reference_to(HealthRecord)
    doctor = reference_to(DoctorProfile)

    objects = CommentVersionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["health_record", "-pgh_created_at", "-pgh_id"],
                name="health_records_comment_changes",
            ),
            models.Index(
                fields=["id", "version"], name="health_records_comment_as_was"
            ),
        ]
        triggers = [only_added()]


class AccountUsage(models.Model):
    """What one account has written and keeps, as `account_limits` counts it."""

    user = models.OneToOneField(
        User,
        models.CASCADE,
        primary_key=True,
        related_name="usage",
        verbose_name=_("user"),
    )
    entries = models.PositiveIntegerField(
        _("entries"), help_text=_("Records, comments, and earlier versions of both.")
    )
    bytes = models.PositiveBigIntegerField(
        _("bytes"), help_text=_("The size of all their texts.")
    )
    day = models.DateField(
        _("day"), help_text=_("The last day (UTC) on which something was written.")
    )
    entries_of_day = models.PositiveIntegerField(_("entries of the day"))
    bytes_of_day = models.PositiveBigIntegerField(_("bytes of the day"))

    class Meta:
        verbose_name = _("usage of an account")
        verbose_name_plural = _("usage of accounts")
        indexes = [
            models.Index(fields=["-bytes", "user"], name="health_records_by_usage"),
        ]

    def __str__(self) -> str:
        return gettext("%(entries)s entries, %(bytes)s bytes") % {
            "entries": self.entries,
            "bytes": self.bytes,
        }
