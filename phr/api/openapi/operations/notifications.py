"""The inbox, in the document."""

from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation
from phr.api.openapi.people import NOTIFICATION, page

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
