"""Where a message leads: the page of what it is about."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import UserType
from phr.notifications.models import NotificationType


@dataclass(frozen=True, slots=True)
class Subject:
    """:param route: the name of a page's address."""

    route: str
    words: str | Promise


ACCESS = Subject("portal:access", _("See who has access"))
RECORDS = Subject("portal:records", _("See your records"))
SUBJECTS = {
    (UserType.PATIENT, NotificationType.CARE_REQUESTED): Subject(
        "portal:access", _("Look and answer")
    ),
    (UserType.PATIENT, NotificationType.DOCTOR_ASSIGNED): ACCESS,
    (UserType.PATIENT, NotificationType.CARE_CHANGED): ACCESS,
    (UserType.PATIENT, NotificationType.EMERGENCY_ACCESS): ACCESS,
    (UserType.PATIENT, NotificationType.COMMENT_ADDED): RECORDS,
    (UserType.PATIENT, NotificationType.NEW_RECORD): RECORDS,
    (UserType.ADMIN, NotificationType.VERIFICATION): Subject(
        "admin:care_doctorverification_changelist", _("See the licences")
    ),
    (UserType.ADMIN, NotificationType.EMERGENCY_ACCESS): Subject(
        "admin:care_emergencyaccess_changelist", _("See the emergencies")
    ),
}


def subject_of(user_type: str, notification_type: str) -> Subject | None:
    """The page that a message leads to; None where there is none."""
    key = UserType(user_type), NotificationType(notification_type)
    return SUBJECTS.get(key)
