"""An inbox, and how somebody is told of what, as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from django.utils.functional import Promise

from phr.api.answer_types import Count
from phr.notifications.models import NotificationType
from phr.notifications.preferences import Preference
from phr.notifications.rows import NotificationRow


class NotificationJson(TypedDict):
    """One line of an inbox; it never carries clinical text."""

    id: UUID
    notification_type: Annotated[str, NotificationType]
    title: str
    message: str
    is_read: bool
    created_at: datetime


class MessageJson(TypedDict):
    """What was done."""

    message: str


class CountedMessageJson(MessageJson):
    """What was done, and how often."""

    count: Count


class PreferenceJson(TypedDict):
    """How one is told of one type; what `is_fixed` cannot be switched off at all."""

    notification_type: Annotated[str, NotificationType]
    in_app: bool
    email: bool
    is_fixed: bool


class PreferencesJson(TypedDict):
    """One item for each type of notification, in a fixed order."""

    preferences: list[PreferenceJson]


def represent_message(text: Promise) -> MessageJson:
    return {"message": str(text)}


def represent_preferences(preferences: Iterable[Preference]) -> PreferencesJson:
    return {
        "preferences": [
            {
                "notification_type": preference.notification_type,
                "in_app": bool(preference.in_app),
                "email": bool(preference.email),
                "is_fixed": preference.is_fixed,
            }
            for preference in preferences
        ]
    }


def represent_notification(notification: NotificationRow) -> NotificationJson:
    return {
        "id": notification.id,
        "notification_type": notification.notification_type,
        "title": notification.title,
        "message": notification.message,
        "is_read": notification.is_read,
        "created_at": notification.created_at,
    }
