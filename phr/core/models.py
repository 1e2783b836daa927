"""What every table has, the outbox, counters without Redis, keys of retries, leases."""

from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.core.ids import uuid7
from phr.core.queues import Queue

NOBODY = UUID(int=0)


class BaseModel(models.Model):
    """A row with an id that is not guessable, and when it was made and changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True, editable=False)

    class Meta:
        abstract = True


class OutboxEvent(BaseModel):
    """Something that happened, stored with the change that made it happen.

    The row is the to-do: it stays due until every handler has run.
    """

    kind = models.CharField(_("kind"), max_length=100)
    payload = models.JSONField(
        _("payload"), help_text=_("Ids only; never names or texts.")
    )
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    queue = models.CharField(
        max_length=20, choices=Queue.choices, db_default=Queue.NOTIFICATIONS
    )
    owner_id = models.UUIDField(
        db_default=NOBODY, help_text=_("Who caused it. Owners take turns.")
    )
    set_aside_at = models.DateTimeField(
        _("set aside at"),
        null=True,
        blank=True,
        help_text=_("Tried so often that it is tried again only if staff replay it."),
    )
    turn = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_("Position in its queue; null while a worker handles it."),
    )
    request_id = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")
        indexes = [
            models.Index(
                fields=["queue", "turn", "id"],
                condition=models.Q(turn__isnull=False),
                name="core_outbox_turns",
            ),
            models.Index(
                fields=["owner_id", "queue", "turn"],
                condition=models.Q(turn__isnull=False),
                name="core_outbox_last_turn",
            ),
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
            models.Index(
                fields=["set_aside_at"],
                condition=models.Q(set_aside_at__isnull=False),
                name="core_outbox_set_aside",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class AttemptCount(models.Model):
    """What was counted for one limit and one key while Redis did not answer."""

    key = models.CharField(max_length=150, primary_key=True)
    counted = models.BigIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="core_attempts_ended")]

    def __str__(self) -> str:
        return self.key


class IdempotencyKey(BaseModel):
    """A request that must not take effect twice, and what was answered to it."""

    owner_id = models.UUIDField(
        help_text=_("Who sent it. Others may use the same key.")
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("Of what was asked for."))
    answer = models.JSONField(null=True, help_text=_("Null while it is being made."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "key"], name="core_idempotency_key_is_used_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_expired")]

    def __str__(self) -> str:
        return str(self.id)


class Lease(models.Model):
    """What only one process may do at a time, who does, and when that ends."""

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.CharField(max_length=150)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
