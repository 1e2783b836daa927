"""The inbox, in the document."""

from functools import partial

from phr.api.notifications.representations import (
    CountedMessageJson,
    MessageJson,
    NotificationJson,
    PreferencesJson,
)
from phr.api.notifications.serializers import (
    PreferenceChangesSerializer,
)
from phr.api.openapi.operation import BAD_PAGE, NO_RECENT_PROOF, documented, refused
from phr.notifications.preferences import CannotBeSwitchedOff

operation = partial(documented, tags=["notifications"])

list_notifications = operation(
    "list_notifications",
    "List your notifications",
    "Everybody who is signed in can read their own notifications, newest first.",
    responses=list[NotificationJson],
    problems=BAD_PAGE,
)
read_notification = operation(
    "read_notification",
    "Mark a notification as read",
    "The recipient can mark a notification as read; marking it again changes nothing. "
    "Everybody else gets a 404.",
    request=None,
    responses=MessageJson,
)
read_all_notifications = operation(
    "read_all_notifications",
    "Mark all notifications as read",
    "Everybody who is signed in can mark all notifications in their own inbox as read.",
    request=None,
    responses=CountedMessageJson,
)
read_preferences = operation(
    "read_preferences",
    "Read your notification settings",
    "Everybody who is signed in can read for each notification type whether they get "
    "it in their inbox and by mail. Mails other than those about the security of the "
    "account go only to a confirmed address. No mail contains names or quotes. Types "
    "with `is_fixed` cannot be turned off.",
    responses=PreferencesJson,
)
MAIL_RECORDS = {"notification_type": "NEW_RECORD", "email": True}
change_preferences = operation(
    "change_preferences",
    "Change your notification settings",
    "Everybody who is signed in can choose. Types and channels that you leave out "
    "stay as they are. Notifications about the security of the account, and about "
    "emergency access in the inbox, cannot be turned off. Turning something off "
    "requires a password or code entered within the last five minutes.",
    responses=PreferencesJson,
    problems=(
        refused(PreferenceChangesSerializer, {"preferences": [MAIL_RECORDS] * 2}),
        CannotBeSwitchedOff(field="preferences.0.email"),
        NO_RECENT_PROOF,
    ),
)
