"""How somebody is told of what, as JSON."""

from collections.abc import Iterable

from phr.api.json import JsonObject
from phr.notifications.preferences import Preference
from phr.notifications.rows import NotificationRow


def represent_preferences(preferences: Iterable[Preference]) -> JsonObject:
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


def represent_notification(notification: NotificationRow) -> JsonObject:
    return {
        "id": notification.id,
        "notification_type": notification.notification_type,
        "title": notification.title,
        "message": notification.message,
        "is_read": notification.is_read,
        "created_at": notification.created_at,
    }
