"""How somebody is told of what, as JSON."""

from collections.abc import Iterable

from phr.api.shapes import Shape
from phr.notifications.preferences import Preference


def preferences_shape(preferences: Iterable[Preference]) -> Shape:
    return {
        "preferences": [
            {
                "notification_type": preference.notification_type,
                "in_app": preference.in_app,
                "email": preference.email,
                "is_fixed": preference.is_fixed,
            }
            for preference in preferences
        ]
    }
