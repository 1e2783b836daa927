"""The inbox, in the document."""

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.notifications.serializers import PreferenceChangesSerializer
from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import NOTIFICATION, PREFERENCES, page
from phr.notifications.preferences import CannotBeSwitchedOff

LIST_NOTIFICATIONS = Operation(
    "List one's notifications",
    "Everybody who is signed in reads what they were told, the newest first.",
    answers={200: {"one notification": page(NOTIFICATION), "none": page()}},
    problems=BAD_PAGE,
)
READ_NOTIFICATION = Operation(
    "Mark a notification as read",
    "Its recipient marks a notification as read; marking it again changes nothing. "
    "Those to whom it is not addressed are told that there is none.",
    answers={200: {"read": {"message": "The notification was marked as read."}}},
)
READ_ALL_NOTIFICATIONS = Operation(
    "Mark all notifications as read",
    "Everybody who is signed in may mark everything in their own inbox as read.",
    answers={
        200: {
            "three": {"message": "3 notifications marked as read", "count": 3},
            "one": {"message": "1 notification marked as read", "count": 1},
        }
    },
)
READ_PREFERENCES = Operation(
    "Read how one is told of what",
    "Everybody who is signed in reads for each type of notification whether it is put "
    "into their inbox, and whether it is mailed to them. Mails other than those about "
    "the safety of the account go to a confirmed address only; none of them names "
    "anybody or quotes anything. What `is_fixed` cannot be switched off in any way.",
    answers={200: {"as it is without a choice": {"preferences": PREFERENCES}}},
)
MAIL_RECORDS = {"notification_type": "NEW_RECORD", "email": True}
CHANGE_PREFERENCES = Operation(
    "Change how one is told of what",
    "Everybody who is signed in may choose; types and ways that are left out stay as "
    "they are. Notifications about the safety of the account cannot be switched off, "
    "and neither can emergency access in the inbox. Switching something off wants a "
    "password or a code given within the last minutes.",
    requests={"mail new records": {"preferences": [MAIL_RECORDS]}},
    answers={
        200: {
            "changed": {
                "preferences": [
                    each | {"email": True}
                    if each["notification_type"] == "NEW_RECORD"
                    else each
                    for each in PREFERENCES
                ]
            }
        }
    },
    problems=(
        refused(PreferenceChangesSerializer, {"preferences": [MAIL_RECORDS] * 2}),
        CannotBeSwitchedOff(field="preferences.0.email"),
        StepUpRequired(GIVE_IT),
    ),
)
