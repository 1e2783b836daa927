"""Whose notifications are whose."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from phr.accounts.models import User

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.notifications.models import (
        Notification,
        NotificationPreference,
    )


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody reads their own, whatever their role."""
        match user:
            case User():
                return self.filter(recipient=user)
            case _:
                return self.none()

    def unread(self) -> Self:
        return self.filter(is_read=False)


class NotificationPreferenceQuerySet(models.QuerySet["NotificationPreference"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everybody reads their own, whatever their role."""
        match user:
            case User():
                return self.filter(user=user)
            case _:
                return self.none()
