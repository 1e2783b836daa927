"""That somebody leaves, and the receipt for what was erased."""

from collections import Counter
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.core.models import BaseModel
from phr.erasure.querysets import ErasureQuerySet


class ErasureState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    CANCELLED = "CANCELLED", _("Cancelled")
    BEGUN = "BEGUN", _("Begun")
    ERASED = "ERASED", _("Erased")


class Erasure(BaseModel):
    """Somebody has asked for their account to be closed for good.

    Afterwards the row is the receipt: when, and how much of what. Who it was stays as
    a bare id that leads to nobody.
    """

    # Whoever knows it reads the receipt without signing in: 122 random bits, and not
    # the time that our other ids begin with.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user_id = models.UUIDField(
        _("account"), help_text=_("The account, which may no longer exist.")
    )
    requested_at = models.DateTimeField(_("requested at"))
    due_at = models.DateTimeField(_("due at"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    begun_at = models.DateTimeField(
        _("begun at"),
        null=True,
        blank=True,
        help_text=_("From then on it cannot be cancelled."),
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    stage = models.PositiveSmallIntegerField(
        default=0, help_text=_("How many stages of the erasure are finished.")
    )
    counts = models.JSONField(
        _("erased items"),
        default=dict,
        help_text=_("How many items of each kind were erased."),
    )

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"],
                condition=Q(cancelled_at=None, erased_at=None),
                name="erasure_one_open_per_account",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(begun_at=None, erased_at=None),
                name="erasure_is_not_taken_back_once_begun",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(begun_at__isnull=False),
                name="erasure_begins_before_it_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(cancelled_at=None, erased_at=None),
                name="erasure_due",
            ),
            models.Index(
                fields=["erased_at"],
                condition=Q(erased_at__isnull=False),
                name="erasure_receipts",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Asked for at %(requested_at)s") % {
            "requested_at": format(self.requested_at, "%Y-%m-%d %H:%M")
        }

    @property
    def state(self) -> ErasureState:
        if self.cancelled_at:
            return ErasureState.CANCELLED
        if self.erased_at:
            return ErasureState.ERASED
        return ErasureState.BEGUN if self.begun_at else ErasureState.WAITING

    def count(self, gone: Counter[str]) -> None:
        """Add to the receipt; to be saved with what has gone, both or neither."""
        self.counts = dict(sorted((Counter(self.counts) + gone).items()))
