"""Patients, doctors, and the grants by which the one lets the other in."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from phr.accounts.models import User
from phr.care.choices import BloodType, GrantOrigin, GrantStatus, RecordType
from phr.care.querysets import (
    CareGrantQuerySet,
    DoctorProfileQuerySet,
    PatientProfileQuerySet,
)
from phr.core.models import BaseModel


class PatientProfile(BaseModel):
    """A person as the owner of health records."""

    user = models.OneToOneField(User, models.PROTECT, related_name="patient_profile")
    emergency_contact = models.CharField(max_length=200, blank=True)
    blood_type = models.CharField(max_length=3, choices=BloodType.choices, blank=True)
    allergies = models.CharField(max_length=2_000, blank=True)

    objects = PatientProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(blood_type__in=["", *BloodType.values]),
                name="care_blood_type_is_known_or_blank",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class DoctorProfile(BaseModel):
    """A person as somebody whom patients may let in."""

    user = models.OneToOneField(User, models.PROTECT, related_name="doctor_profile")
    specialization = models.CharField(max_length=100, blank=True)
    license_number = models.CharField(max_length=50, blank=True)
    years_of_experience = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(80)]
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="verified_doctors",
    )
    # Without a limit: some letters become eighteen when folded.
    search_text = models.TextField(blank=True, editable=False)

    objects = DoctorProfileQuerySet.as_manager()

    class Meta:
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

    def __str__(self) -> str:
        return f"Dr. {self.user}"

    @property
    def is_verified(self) -> bool:
        """Whether staff have checked who this doctor is."""
        return self.verified_at is not None


class CareGrant(BaseModel):
    """One doctor's care of one patient. Ending it closes access; the row stays."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="care_grants"
    )
    doctor = models.ForeignKey(
        DoctorProfile, models.PROTECT, related_name="care_grants"
    )
    status = models.CharField(max_length=10, choices=GrantStatus.choices)
    origin = models.CharField(max_length=10, choices=GrantOrigin.choices)
    is_primary = models.BooleanField(default=False)
    record_types = ArrayField(
        models.CharField(max_length=20, choices=RecordType.choices),
        default=list,
        blank=True,
        help_text="The types of record that it opens; none named means all.",
    )
    records_since = models.DateField(
        null=True, blank=True, help_text="Opens records of visits since this day (UTC)."
    )
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = CareGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "doctor"],
                condition=Q(status__in=[GrantStatus.PENDING, GrantStatus.ACTIVE]),
                name="care_one_open_grant_per_pair",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status=GrantStatus.ACTIVE, is_primary=True),
                name="care_one_active_primary_grant_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("starts_at")),
                name="care_grant_expires_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(record_types__contained_by=RecordType.values),
                name="care_grant_opens_known_record_types",
            ),
            models.CheckConstraint(
                condition=Q(status=GrantStatus.ENDED, ended_at__isnull=False)
                | ~Q(status=GrantStatus.ENDED) & Q(ended_at=None),
                name="care_grant_has_an_end_when_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=GrantStatus.values, origin__in=GrantOrigin.values
                ),
                name="care_grant_status_and_origin_are_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["doctor", "patient"],
                condition=Q(status=GrantStatus.ACTIVE),
                name="care_active_of_doctor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor} for {self.patient} ({self.get_status_display()})"
