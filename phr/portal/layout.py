"""What stands round each page: places, name, how many messages are unread."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.notifications.services import count_unread
from phr.portal.addresses import address_of
from phr.portal.icons import icon


@dataclass(frozen=True, slots=True)
class Place:
    """One of the few places that a person goes to.

    :param route: the name of its address.
    :param icon: its id in the sprite.
    :param counts: whether it shows how many messages are unread.
    :param also: how addresses begin that belong to it, beside its own.
    """

    name: str | Promise
    route: str
    icon: str
    counts: bool = False
    also: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        return address_of(self.route)


INBOX = Place(_("Inbox"), "portal:inbox", "inbox", counts=True)
PLACES = {
    UserType.PATIENT: (
        Place(_("Home"), "portal:home", "house", also=("/emergency-card/",)),
        Place(_("Records"), "portal:records", "file-text"),
        Place(_("Access"), "portal:access", "eye"),
        INBOX,
    ),
    UserType.DOCTOR: (
        Place(
            _("Patients"), "portal:patients", "users", also=("/records/", "/emergency/")
        ),
        Place(_("Requests"), "portal:requests", "clipboard-list"),
        INBOX,
    ),
    UserType.ADMIN: (
        Place(_("Dashboard"), "portal:staff", "layout-dashboard"),
        Place(_("Administration"), "admin:index", "settings"),
        INBOX,
    ),
}


def layout_of(request: HttpRequest) -> dict[str, Any]:
    """What the templates of all pages need, whoever is signed in."""
    user = request.user
    context: dict[str, Any] = {"installation": settings.INSTALLATION_NAME}
    if not isinstance(user, User):
        return context
    places = PLACES[UserType(user.user_type)]
    return context | {
        "person": user,
        "idle_seconds": idle_seconds(),
        "places": menu_of(places, get_language()),
        "here": here(request.path, places),
        "unread": count_unread(user),
    }


@cache
def menu_of(places: tuple[Place, ...], _language: str | None) -> list[dict[str, Any]]:
    """The places as the header shows them.

    :param _language: the one of now, in which they have their names.
    """
    return [
        {
            "href": place.href,
            "icon": icon(place.icon),
            "name": str(place.name),
            "counts": place.counts,
        }
        for place in places
    ]


def idle_seconds() -> int:
    """After how many a session ends that nobody uses."""
    return int(settings.SESSION_IDLE.total_seconds())


def here(path: str, places: tuple[Place, ...]) -> str:
    """The address of the place that a page belongs to."""
    inside = {
        start: place.href
        for place in places
        for start in (place.href, *place.also)
        if path == start or (path.startswith(start) and start != "/")
    }
    return inside[max(inside, key=len)] if inside else ""
