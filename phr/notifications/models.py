"""What people are told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.care.models import PatientProfile
from phr.core.models import BaseModel, OutboxEvent
from phr.notifications.querysets import (
    NotificationPreferenceQuerySet,
    NotificationQuerySet,
)


class NotificationType(models.TextChoices):
    PATIENT_ASSIGNED = "PATIENT_ASSIGNED", _("A patient was assigned")
    DOCTOR_ASSIGNED = "DOCTOR_ASSIGNED", _("A doctor was assigned")
    CARE_REQUESTED = "CARE_REQUESTED", _("A doctor asks for access")
    CARE_CHANGED = "CARE_CHANGED", _("A grant has changed")
    NEW_RECORD = "NEW_RECORD", _("A record was added")
    COMMENT_ADDED = "COMMENT_ADDED", _("A comment was added")
    EMERGENCY_ACCESS = "EMERGENCY_ACCESS", _("Emergency access was used")
    VERIFICATION = "VERIFICATION", _("A doctor's licence")
    SECURITY = "SECURITY", _("Account security")


class Channel(models.TextChoices):
    IN_APP = "IN_APP", _("In the inbox")
    EMAIL = "EMAIL", _("By e-mail")


class Notification(BaseModel):
    """One line in somebody's inbox: people and kinds of things, no clinical content."""

    recipient = models.ForeignKey(
        User,
        models.CASCADE,
        related_name="notifications",
        db_index=False,
        verbose_name=_("recipient"),
    )
    notification_type = models.CharField(
        _("type"), max_length=20, choices=NotificationType.choices
    )
    title = models.CharField(_("title"), max_length=200)
    message = models.CharField(_("message"), max_length=1_000)
    is_read = models.BooleanField(_("read"), default=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    # Its id stays when the event itself has been purged (ADR 33).
    event = models.ForeignKey(
        OutboxEvent,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("event"),
    )
    # Lines that speak of a patient go with that patient, out of others' inboxes too.
    about_patient = models.ForeignKey(
        PatientProfile,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            # What makes a second delivery of the event harmless.
            models.UniqueConstraint(
                fields=["event", "recipient"],
                name="notifications_one_per_event_and_recipient",
            ),
            models.CheckConstraint(
                condition=Q(notification_type__in=NotificationType.values),
                name="notifications_type_is_known",
            ),
            models.CheckConstraint(
                condition=Q(is_read=False, read_at=None)
                | Q(is_read=True, read_at__isnull=False),
                name="notifications_read_at_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                name="notifications_newest_first",
            ),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                condition=Q(is_read=False),
                name="notifications_unread",
            ),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                condition=Q(is_read=True),
                name="notifications_read",
            ),
            models.Index(
                fields=["about_patient"],
                condition=Q(about_patient__isnull=False),
                name="notifications_about_patient",
            ),
        ]

    def __str__(self) -> str:
        return self.title


# What nobody can switch off: the safety of the account, and that somebody has read
# the records without being let in.
FIXED = Q(notification_type=NotificationType.SECURITY) | Q(
    notification_type=NotificationType.EMERGENCY_ACCESS, channel=Channel.IN_APP
)


class NotificationPreference(BaseModel):
    """That somebody wants to be told of something in another way than by default."""

    user = models.ForeignKey(
        User,
        models.CASCADE,
        related_name="notification_preferences",
        db_index=False,
    )
    notification_type = models.CharField(
        max_length=20, choices=NotificationType.choices
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    is_on = models.BooleanField()

    objects = NotificationPreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "notification_type", "channel"],
                name="notifications_one_preference_per_type_and_channel",
            ),
            models.CheckConstraint(
                condition=Q(
                    notification_type__in=NotificationType.values,
                    channel__in=Channel.values,
                ),
                name="notifications_preference_is_for_what_is_known",
            ),
            models.CheckConstraint(
                condition=Q(is_on=True) | ~FIXED,
                name="notifications_safety_is_not_switched_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification_type} {self.channel}"
