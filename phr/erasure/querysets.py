"""Who may see which erasures, and which are to be carried out."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef

from phr.accounts.models import User

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.erasure.models import Erasure


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """People see their own requests."""
        match user:
            case User():
                return self.filter(user_id=user.pk)
            case _:
                return self.none()

    def open(self) -> Self:
        """Keep what was neither taken back nor carried out."""
        return self.filter(cancelled_at=None, erased_at=None)

    def due(self, at: datetime) -> Self:
        """Keep what is to be carried out by now, or has been begun."""
        return self.open().filter(due_at__lte=at)

    def erased(self) -> Self:
        """Keep what was carried out: what there are receipts for."""
        return self.filter(erased_at__isnull=False)

    def gone(self) -> Self:
        """Keep the erasures of people who are no longer here at all."""
        accounts = User.objects.filter(pk=OuterRef("user_id"))
        return self.erased().filter(~Exists(accounts))
