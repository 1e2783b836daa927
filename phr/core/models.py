"""The columns that every table has, and the outbox."""

from django.db import models
from django.utils import timezone

from phr.core.ids import uuid7


class BaseModel(models.Model):
    """A row with an id that is not guessable, and when it was made and changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class OutboxEvent(BaseModel):
    """Something that happened, stored with the change that made it happen.

    The row is the to-do: it stays due until every handler has run.
    """

    kind = models.CharField(max_length=100)
    payload = models.JSONField(help_text="Ids only; never names or texts.")
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(delivered_at=None),
                name="core_outbox_due",
            ),
            models.Index(
                fields=["delivered_at"],
                condition=models.Q(delivered_at__isnull=False),
                name="core_outbox_delivered",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
