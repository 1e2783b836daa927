"""Exports of accounts, and their bytes for as long as they can be fetched."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.archive.querysets import ExportQuerySet
from phr.core.models import BaseModel


class ExportStatus(models.TextChoices):
    """What has become of an export, as it is answered.

    PREPARING is not stored: a worker's transaction shows nothing before it ends.
    """

    PENDING = "PENDING", _("Waiting")
    PREPARING = "PREPARING", _("Being prepared")
    READY = "READY", _("Ready to download")
    FAILED = "FAILED", _("Failed")
    EXPIRED = "EXPIRED", _("Expired")


STORED = [status for status in ExportStatus if status != ExportStatus.PREPARING]


class Export(BaseModel):
    """A patient has asked for all of their account. The row is the to-do."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="exports", db_index=False
    )
    status = models.CharField(
        max_length=10, choices=ExportStatus.choices, default=ExportStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status=ExportStatus.PENDING),
                name="archive_one_export_under_way_per_account",
            ),
            models.CheckConstraint(
                condition=Q(status__in=STORED),
                name="archive_export_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=ExportStatus.READY)
                | Q(ready_at__isnull=False, expires_at__isnull=False)
                & Q(size__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                name="archive_a_ready_export_says_what_it_is",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at", "-id"], name="archive_newest_first"
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=ExportStatus.PENDING),
                name="archive_exports_due",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=ExportStatus.READY),
                name="archive_exports_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Export of %(created_at)s") % {
            "created_at": format(self.created_at, "%Y-%m-%d %H:%M")
        }

    def state(self, at: datetime, *, in_progress: bool) -> ExportStatus:
        """The status now: no job marks what has run out at that second."""
        match self.status:
            case ExportStatus.PENDING if in_progress:
                return ExportStatus.PREPARING
            case ExportStatus.READY if self.expires_at and self.expires_at <= at:
                return ExportStatus.EXPIRED
            case _:
                return ExportStatus(self.status)


class ExportPiece(BaseModel):
    """Some of the bytes of an export, so that worker and web need no shared disk."""

    export = models.ForeignKey(
        Export, models.CASCADE, related_name="pieces", db_index=False
    )
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["export", "number"], name="archive_pieces_are_in_order"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Piece %(number)s") % {"number": self.number}
