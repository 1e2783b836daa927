"""Grants, by which a patient lets a doctor in; emergency access beside them."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.choices import (
    OPEN,
    EmergencyReason,
    EmergencyVerdict,
    GrantOrigin,
    GrantStatus,
    RecordType,
)
from phr.care.models.people import LONGEST_REASON, DoctorProfile, PatientProfile, line
from phr.care.querysets import (
    CareGrantQuerySet,
    EmergencyAccessQuerySet,
)
from phr.core.models import BaseModel


class CareGrant(BaseModel):
    """One doctor's care of one patient. Ending it closes access; the row stays."""

    patient = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        related_name="care_grants",
        verbose_name=_("patient"),
    )
    doctor = models.ForeignKey(
        DoctorProfile,
        models.PROTECT,
        related_name="care_grants",
        verbose_name=_("doctor"),
    )
    status = models.CharField(_("status"), max_length=10, choices=GrantStatus.choices)
    origin = models.CharField(_("origin"), max_length=10, choices=GrantOrigin.choices)
    is_primary = models.BooleanField(_("primary"), default=False)
    record_types = ArrayField(
        models.CharField(max_length=20, choices=RecordType.choices),
        default=list,
        blank=True,
        help_text=_("The record types that it covers; an empty list means all."),
        verbose_name=_("record types"),
    )
    records_since = models.DateField(
        _("records since"),
        null=True,
        blank=True,
        help_text=_("Covers visits on or after this date, in local time."),
    )
    starts_at = models.DateTimeField(_("starts at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    requested_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"))
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
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reason = line(_("reason"), LONGEST_REASON, _("Why access was requested."))
    decision_reason = line(
        _("reason for the decision"),
        LONGEST_REASON,
        _("Why the request was accepted or declined."),
    )
    end_reason = line(
        _("reason for the end"), LONGEST_REASON, _("Why the grant was ended.")
    )

    objects = CareGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "doctor"],
                condition=Q(status__in=OPEN) & ~Q(origin=GrantOrigin.EMERGENCY),
                name="care_one_open_grant_per_pair",
            ),
            # Beside a grant that the patient has narrowed, not instead of it.
            models.UniqueConstraint(
                fields=["patient", "doctor"],
                condition=Q(status=GrantStatus.ACTIVE, origin=GrantOrigin.EMERGENCY),
                name="care_one_open_emergency_grant_per_pair",
            ),
            models.CheckConstraint(
                condition=~Q(origin=GrantOrigin.EMERGENCY)
                | Q(expires_at__isnull=False, is_primary=False),
                name="care_emergency_grant_runs_out",
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
            # The last two columns let a state be told without looking at the rows.
            models.Index(
                fields=["patient", "-requested_at", "-id", "status", "expires_at"],
                name="care_grants_of_patient_states",
            ),
            models.Index(
                fields=["doctor", "-requested_at", "-id", "status", "expires_at"],
                name="care_grants_of_doctor_states",
            ),
            # Whoever is erased must not be named here any more: PostgreSQL looks.
            models.Index(fields=["requested_by"], name="care_grants_requested_by"),
            models.Index(
                fields=["decided_by"],
                condition=Q(decided_by__isnull=False),
                name="care_grants_decided_by",
            ),
            models.Index(
                fields=["ended_by"],
                condition=Q(ended_by__isnull=False),
                name="care_grants_ended_by",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(doctor)s for %(patient)s (%(state)s)") % {
            "doctor": self.doctor,
            "patient": self.patient,
            "state": self.state(timezone.now()).label,
        }

    def state(self, at: datetime) -> GrantStatus:
        """The status, as time has changed it: no job marks what has run out."""
        if self.status in OPEN and self.expires_at and self.expires_at <= at:
            return GrantStatus.EXPIRED
        return GrantStatus(self.status)

    @property
    def was_open(self) -> bool:
        """Whether it has ever let the doctor in, so that they know the patient."""
        decided = self.decided_at is not None and self.status != GrantStatus.DECLINED
        return self.status == GrantStatus.ACTIVE or decided


class EmergencyAccess(BaseModel):
    """Why a doctor has opened records without being let in, for staff to review.

    45 CFR 164.312(a)(2)(ii) wants such a way in; the review is what keeps it honest.
    """

    grant = models.OneToOneField(
        CareGrant,
        models.PROTECT,
        related_name="emergency",
        verbose_name=_("grant"),
    )
    reason_code = models.CharField(
        _("reason"), max_length=20, choices=EmergencyReason.choices
    )
    verdict = models.CharField(
        _("verdict"), max_length=12, choices=EmergencyVerdict.choices, blank=True
    )
    reviewed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    review_note = line(_("note of the review"), LONGEST_REASON)

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        constraints = [
            models.CheckConstraint(
                condition=Q(reason_code__in=EmergencyReason.values),
                name="care_emergency_reason_is_known",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", reviewed_at=None)
                | Q(verdict__in=EmergencyVerdict.values, reviewed_at__isnull=False),
                name="care_emergency_verdict_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(reviewed_at=None),
                name="care_emergencies_to_review",
            ),
            models.Index(
                fields=["reviewed_by"],
                condition=Q(reviewed_by__isnull=False),
                name="care_emergencies_reviewed_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant}: {self.get_reason_code_display()}"
