"""How somebody wants to be told: the one place that knows, for export and import.

There is no table of preferences yet. The one that comes needs its rows read here, and
made anew in `make_preferences`, with the names that the schema has.
"""

from collections.abc import Iterable
from typing import Any

from phr.accounts.models import User

PREFERENCE = ("notification_type", "channel", "is_on")


def preferences_of(user: User) -> list[dict[str, Any]]:
    """Each choice that the user has made."""
    return []


def make_preferences(user: User, told: Iterable[dict[str, Any]]) -> int:
    """Make the choices of an archive the user's here.

    :returns: how many those are.
    """
    return len(list(told))
