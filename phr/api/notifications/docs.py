"""The inbox, in the document."""

from functools import partial

from phr.api.notifications.serializers import (
    CountedMessageSerializer,
    MessageSerializer,
    NotificationSerializer,
    PreferenceChangesSerializer,
    PreferencesSerializer,
)
from phr.api.openapi.operation import BAD_PAGE, NO_RECENT_PROOF, documented, refused
from phr.notifications.preferences import CannotBeSwitchedOff

operation = partial(documented, tags=["notifications"])

list_notifications = operation(
    "list_notifications",
    "List one's notifications",
    "Everybody who is signed in reads what they were told, the newest first.",
    responses=NotificationSerializer(many=True),
    problems=BAD_PAGE,
)
read_notification = operation(
    "read_notification",
    "Mark a notification as read",
    "Its recipient marks a notification as read; marking it again changes nothing. "
    "Those to whom it is not addressed are told that there is none.",
    request=None,
    responses=MessageSerializer,
)
read_all_notifications = operation(
    "read_all_notifications",
    "Mark all notifications as read",
    "Everybody who is signed in may mark everything in their own inbox as read.",
    request=None,
    responses=CountedMessageSerializer,
)
read_preferences = operation(
    "read_preferences",
    "Read how one is told of what",
    "Everybody who is signed in reads for each type of notification whether it is put "
    "into their inbox, and whether it is mailed to them. Mails other than those about "
    "the safety of the account go to a confirmed address only; none of them names "
    "anybody or quotes anything. What `is_fixed` cannot be switched off in any way.",
    responses=PreferencesSerializer,
)
MAIL_RECORDS = {"notification_type": "NEW_RECORD", "email": True}
change_preferences = operation(
    "change_preferences",
    "Change how one is told of what",
    "Everybody who is signed in may choose; types and ways that are left out stay as "
    "they are. Notifications about the safety of the account cannot be switched off, "
    "and neither can emergency access in the inbox. Switching something off wants a "
    "password or a code given within the last minutes.",
    responses=PreferencesSerializer,
    problems=(
        refused(PreferenceChangesSerializer, {"preferences": [MAIL_RECORDS] * 2}),
        CannotBeSwitchedOff(field="preferences.0.email"),
        NO_RECENT_PROOF,
    ),
)
