"""How somebody wants to be told, for export and import."""

from collections.abc import Iterable
from typing import Any

from phr.accounts.models import User
from phr.notifications.models import NotificationPreference

PREFERENCE = ("notification_type", "channel", "is_on")


def preferences_of(user: User) -> list[dict[str, Any]]:
    """Each choice that the user has made."""
    mine = NotificationPreference.objects.filter(user=user)
    rows = mine.order_by("notification_type", "channel").values(*PREFERENCE)
    return list(rows)


def make_preferences(user: User, told: Iterable[dict[str, Any]]) -> int:
    """Make the choices of an archive the user's here.

    :returns: how many those are.
    """
    made = [NotificationPreference(user=user, **preference) for preference in told]
    return len(NotificationPreference.objects.bulk_create(made))
