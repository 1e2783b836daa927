"""Patients, doctors, and the licences that doctors submit."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.choices import (
    BloodType,
    VerificationStatus,
)
from phr.care.querysets import (
    DoctorProfileQuerySet,
    DoctorVerificationQuerySet,
    PatientProfileQuerySet,
    SpecializationKey,
)
from phr.core.models import BaseModel
from phr.core.name_search import name_line
from phr.core.single_line import refuse_other_than_one_line

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


LONGEST_REASON = 500  # characters


def line(
    name: "StrOrPromise",
    longest: int,
    help_text: "StrOrPromise" = "",
    *,
    blank: bool = True,
) -> "models.CharField[str, str]":
    """A column for a text of one line.

    :param name: what people call it, in the admin site.
    :param longest: in characters.
    """
    return models.CharField(
        name,
        max_length=longest,
        blank=blank,
        help_text=help_text,
        validators=[refuse_other_than_one_line],
    )


class PatientProfile(BaseModel):
    """A person as the owner of health records."""

    user = models.OneToOneField(
        User,
        models.PROTECT,
        related_name="patient_profile",
        verbose_name=_("user"),
    )
    emergency_contact = line(_("emergency contact"), 200)
    blood_type = models.CharField(
        _("blood type"), max_length=3, choices=BloodType.choices, blank=True
    )
    allergies = models.CharField(_("allergies"), max_length=2_000, blank=True)

    objects = PatientProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.CheckConstraint(
                condition=Q(blood_type__in=["", *BloodType.values]),
                name="care_blood_type_is_known_or_blank",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class DoctorProfile(BaseModel):
    """A person that patients can give access."""

    user = models.OneToOneField(
        User,
        models.PROTECT,
        related_name="doctor_profile",
        verbose_name=_("user"),
    )
    specialization = line(_("specialization"), 100)
    license_number = line(_("licence number"), 50)
    years_of_experience = models.PositiveSmallIntegerField(
        _("years of experience"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(80)],
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="verified_doctors",
        verbose_name=_("verified by"),
    )
    verified_until = models.DateTimeField(
        _("verified until"),
        null=True,
        blank=True,
        help_text=_("When the verification expires, if ever."),
    )
    # Without a limit: some letters become eighteen when folded.
    search_text = models.TextField(blank=True, editable=False)

    objects = DoctorProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        constraints = [
            # Among verified doctors only: a number that somebody merely claims must
            # not keep its real holder from registering.
            models.UniqueConstraint(
                Upper("license_number"),
                condition=~Q(license_number="") & Q(verified_at__isnull=False),
                name="care_one_verified_doctor_per_license_number",
            ),
            models.CheckConstraint(
                condition=Q(years_of_experience=None) | Q(years_of_experience__lte=80),
                name="care_years_of_experience_at_most_80",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-created_at", "-id"], name="care_doctors_newest_first"
            ),
            models.Index(
                SpecializationKey("search_text"),
                F("created_at").desc(),
                F("id").desc(),
                name="care_doctors_by_specialization",
            ),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"),
                fastupdate=False,  # doctors are looked for, and seldom change
                name="care_doctors_by_words",
            ),
        ]

    def __str__(self) -> str:
        return f"Dr. {self.user}"

    @property
    def is_verified(self) -> bool:
        """Whether staff have checked who this doctor is, and that still counts."""
        return is_in_force(self.verified_at, self.verified_until)


def is_in_force(verified_at: datetime | None, verified_until: datetime | None) -> bool:
    """Whether a verification counts now; `verified_now` of the scopes, for answers."""
    if verified_at is None:
        return False
    return verified_until is None or verified_until > timezone.now()


class DoctorVerification(BaseModel):
    """A licence that a doctor submitted, and the decision of staff.

    It says by which names, and for what, so that what was verified can be read later.
    """

    doctor = models.ForeignKey(
        DoctorProfile,
        models.PROTECT,
        related_name="verifications",
        verbose_name=_("doctor"),
    )
    first_name = line(_("first name"), 150)
    last_name = line(_("last name"), 150)
    specialization = line(_("specialization"), 100)
    license_number = line(_("licence number"), 50, blank=False)
    authority = line(_("authority"), 200, _("The authority that issued the licence."))
    document_reference = line(
        _("document"), 200, _("Where the licence document can be looked up.")
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=VerificationStatus.choices,
        default=VerificationStatus.PENDING,
    )
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = line(_("reason"), LONGEST_REASON)
    # The names, as searches look through them; a new name waits in no other text. Empty
    # where the server before this column writes a row.
    search_text = models.TextField(
        blank=True, default="", db_default="", editable=False
    )

    objects = DoctorVerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        constraints = [
            models.UniqueConstraint(
                fields=["doctor"],
                condition=Q(status=VerificationStatus.PENDING),
                name="care_one_pending_verification_per_doctor",
            ),
            models.CheckConstraint(
                condition=Q(status__in=VerificationStatus.values),
                name="care_verification_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=VerificationStatus.VERIFIED)
                | Q(valid_until__isnull=False, decided_at__isnull=False),
                name="care_verification_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "-created_at", "-id"],
                name="care_verifications_by_status",
            ),
            models.Index(
                fields=["decided_by"],
                condition=Q(decided_by__isnull=False),
                name="care_verifications_decided_by",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Licence of %(doctor)s") % {"doctor": self.doctor}

    def save(self, **options: Any) -> None:
        """Save, with the text that finds it; the names do not change later."""
        self.note_search_text()
        super().save(**options)

    def note_search_text(self) -> None:
        """Bring the text that searches look through up to date with the names."""
        self.search_text = name_line(f"{self.first_name} {self.last_name}")
