"""What one is told of, in the inbox and by mail."""

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.models import User, UserType
from phr.interfaces.browser_session import has_proof
from phr.notifications.models import Channel, NotificationType
from phr.notifications.preferences import (
    Preference,
    change_preferences,
    is_fixed,
    preferences_of,
)
from phr.portal.views import PortalView, signed_in

NAMES = {
    NotificationType.PATIENT_ASSIGNED: gettext_lazy("You have a new patient"),
    NotificationType.DOCTOR_ASSIGNED: gettext_lazy("A doctor can read your records"),
    NotificationType.CARE_REQUESTED: gettext_lazy("A doctor asks for access"),
    NotificationType.CARE_CHANGED: gettext_lazy("Somebody's access has changed"),
    NotificationType.NEW_RECORD: gettext_lazy("A patient has a new record"),
    NotificationType.COMMENT_ADDED: gettext_lazy("A doctor has written a comment"),
    NotificationType.EMERGENCY_ACCESS: gettext_lazy("Somebody looked in an emergency"),
    NotificationType.VERIFICATION: gettext_lazy("News of a licence"),
    NotificationType.SECURITY: gettext_lazy("The safety of your account"),
}
# What nobody of a role is told of.
NEVER = {
    UserType.PATIENT: {
        NotificationType.PATIENT_ASSIGNED,
        NotificationType.NEW_RECORD,
        NotificationType.VERIFICATION,
    },
    UserType.DOCTOR: {
        NotificationType.DOCTOR_ASSIGNED,
        NotificationType.CARE_REQUESTED,
    },
}


class Choice(NamedTuple):
    """A box to tick.

    :param name: of the field that is sent.
    """

    name: str
    label: str | Promise
    is_on: bool
    is_fixed: bool


class Subject(NamedTuple):
    """One type of message, and the ways to be told of it."""

    notification_type: NotificationType
    name: str | Promise
    choices: list[Choice]


def subjects_of(user: User) -> list[Subject]:
    never = NEVER.get(UserType(user.user_type), set())
    return [
        Subject(each.notification_type, NAMES[each.notification_type], choices_of(each))
        for each in preferences_of(user)
        if each.notification_type not in never
    ]


def choices_of(preference: Preference) -> list[Choice]:
    kind = preference.notification_type
    labels = {
        Channel.IN_APP: gettext_lazy("in the inbox"),
        Channel.EMAIL: gettext_lazy("by mail"),
    }
    return [
        Choice(
            f"{kind.lower()}-{channel.lower()}",
            labels[channel],
            is_on,
            is_fixed(kind, channel),
        )
        for channel, is_on in preference.channels()
    ]


class Notices(PortalView):
    """All types of messages, with a box for each way to be told."""

    template = "portal/account/notices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(subjects=subjects_of(signed_in(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = signed_in(request)
        wanted = changed(subjects_of(actor), set(request.POST))
        if wanted:
            proved = has_proof(request.session, at=timezone.now())
            change_preferences(actor=actor, wanted=wanted, proved=proved)
        messages.success(request, _("We tell you as you wish."))
        return redirect("portal:account")


def changed(subjects: list[Subject], ticked: set[str]) -> list[Preference]:
    """What differs from what was, of what can be chosen."""
    wanted = []
    for kind, _name, choices in subjects:
        new = {
            each.name.rpartition("-")[2]: each.name in ticked
            for each in choices
            if not each.is_fixed and each.is_on != (each.name in ticked)
        }
        if new:
            wanted.append(Preference(kind, **new))
    return wanted
