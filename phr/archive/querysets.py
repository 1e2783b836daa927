"""Whose exports are whose, and what is to be done about them."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from phr.accounts.models import User, UserType

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.archive.models import Export


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Patients see what they have asked for; nobody else sees any."""
        match user:
            case User(user_type=UserType.PATIENT):
                return self.filter(user=user)
            case _:
                return self.none()

    def under_way(self) -> Self:
        """Keep the exports that a worker has yet to finish."""
        return self.filter(status="PENDING")

    def due(self, *, at: datetime) -> Self:
        """Keep the ones that a worker should have taken up by now."""
        return self.under_way().filter(next_attempt_at__lte=at)

    def over(self) -> Self:
        """Keep those of which nothing is left but that they were asked for."""
        return self.filter(status__in=("EXPIRED", "FAILED"))

    def past_their_time(self, *, at: datetime) -> Self:
        """Keep the finished ones whose bytes are to be deleted."""
        return self.filter(status="READY", expires_at__lte=at)
