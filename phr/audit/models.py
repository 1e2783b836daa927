"""The access ledger."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from phr.core.ids import uuid7


class Basis(models.TextChoices):
    """Why the actor had to do with the data at all."""

    OWN = "OWN", "Their own data"
    GRANT = "GRANT", "A grant of the patient"
    STAFF = "STAFF", "A staff permission"
    NONE = "NONE", "None"


class Outcome(models.TextChoices):
    ALLOWED = "ALLOWED", "Allowed"
    REFUSED = "REFUSED", "Refused"


class AccessEntry(models.Model):
    """One line: who did what with whose data, why, from where, and with what outcome.

    People and things are kept as plain ids and the actor's name as it was: the ledger
    must outlive what it speaks about, so nothing here is a foreign key.
    The fields answer 45 CFR 164.312(b) and Annex II 3.2 of Regulation (EU) 2025/327.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=10, blank=True)
    actor_name = models.CharField(max_length=301, blank=True)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    grant_id = models.UUIDField(null=True)
    action = models.CharField(max_length=100)
    object_kind = models.CharField(max_length=30)
    object_ids = ArrayField(models.UUIDField())
    categories = ArrayField(models.CharField(max_length=20), default=list)
    count = models.PositiveIntegerField()
    patient_id = models.UUIDField(null=True)
    face = models.CharField(max_length=20)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)

    class Meta:
        verbose_name_plural = "access entries"
        indexes = [
            models.Index(fields=["patient_id", "-at", "-id"], name="audit_of_patient"),
            models.Index(fields=["actor_id", "-at", "-id"], name="audit_by_actor"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rows_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} ({self.outcome})"
