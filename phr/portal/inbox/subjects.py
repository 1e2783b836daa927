"""Where a message leads: the page of what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import UserType
from phr.notifications.models import NotificationType
from phr.notifications.rows import NotificationRow
from phr.portal.addresses import address_of, address_with_id


# Known by identity: a lazy text is looked up to be compared.
@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A page that messages lead to.

    :param route: the name of its address.
    :param of_patient: whether it is that of the patient whom the message is about.
    """

    route: str
    words: str | Promise
    of_patient: bool = False


class Link(TypedDict):
    """A dictionary: a template finds what is in it quickest."""

    href: str
    words: str


Subjects = Mapping[NotificationType, Subject]

ACCESS = Subject("portal:access", _("See who has access"))
RECORDS = Subject("portal:records", _("See your records"))
CHART = Subject("portal:chart", _("See the patient"), of_patient=True)
REQUESTS = Subject("portal:requests", _("See your requests"))
ACCOUNT = Subject("portal:account", _("See your account"))
STAFF = Subject("portal:staff", _("See what waits"))
SUBJECTS: Mapping[UserType, Subjects] = {
    UserType.PATIENT: {
        NotificationType.CARE_REQUESTED: Subject("portal:access", _("Look and answer")),
        NotificationType.DOCTOR_ASSIGNED: ACCESS,
        NotificationType.CARE_CHANGED: ACCESS,
        NotificationType.EMERGENCY_ACCESS: ACCESS,
        NotificationType.COMMENT_ADDED: RECORDS,
        NotificationType.NEW_RECORD: RECORDS,
    },
    UserType.DOCTOR: {
        NotificationType.PATIENT_ASSIGNED: CHART,
        NotificationType.NEW_RECORD: CHART,
        NotificationType.COMMENT_ADDED: CHART,
        NotificationType.CARE_CHANGED: REQUESTS,
        NotificationType.EMERGENCY_ACCESS: REQUESTS,
        NotificationType.VERIFICATION: Subject("portal:licence", _("See your licence")),
    },
    UserType.ADMIN: {
        NotificationType.VERIFICATION: STAFF,
        NotificationType.EMERGENCY_ACCESS: STAFF,
    },
}


def link_of(user_type: str, row: NotificationRow) -> Link | None:
    """The page that a message leads to; None where there is none."""
    kind = NotificationType(row.notification_type)
    is_security = kind == NotificationType.SECURITY
    subject = ACCOUNT if is_security else SUBJECTS[UserType(user_type)].get(kind)
    if subject is None:
        return None
    words = words_of(subject, get_language())
    if not subject.of_patient:
        return Link(href=address_of(subject.route), words=words)
    if row.about_patient_id is None:
        return None
    return Link(href=address_with_id(subject.route, row.about_patient_id), words=words)


@cache
def words_of(subject: Subject, _language: str | None) -> str:
    """:param _language: the one of now, in which it has its words."""
    return str(subject.words)
