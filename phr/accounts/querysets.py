"""Which login sessions count."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.accounts.models import LoginSession, User  # noqa: F401


class LoginSessionQuerySet(models.QuerySet["LoginSession"]):
    def live(self) -> Self:
        """Keep the sessions that are not ended, of users who are not blocked."""
        return self.filter(revoked_at=None, user__is_active=True)

    def of(self, user: "User") -> Self:
        return self.filter(user=user)
