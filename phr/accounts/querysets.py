"""Which login sessions count, and which mails have yet to leave."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Greatest

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.accounts.models import LoginSession, Mail, User


class LoginSessionQuerySet(models.QuerySet["LoginSession"]):
    def live(self) -> Self:
        """Keep the sessions that are not ended, of users who are not blocked."""
        return self.filter(revoked_at=None, user__is_active=True)

    def of(self, user: "User") -> Self:
        return self.filter(user=user)


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None, refused_at=None, dropped_at=None)

    def settled(self) -> Self:
        """Keep those that have left, or never will."""
        return self.exclude(sent_at=None, refused_at=None, dropped_at=None)

    def settled_before(self, at: datetime) -> Self:
        """Keep those of which nothing happened since, so that limits forget them."""
        last = Greatest("sent_at", "refused_at", "dropped_at")  # ignores what is null
        return self.settled().annotate(settled_at=last).filter(settled_at__lt=at)
