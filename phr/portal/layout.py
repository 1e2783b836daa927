"""What stands round each page: places, name, how many messages are unread."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.notifications.services import count_unread
from phr.portal.addresses import address_of
from phr.portal.icons import icon
from phr.portal.remembered import remembered

MENUS = 1_024  # remembered: 2 MB


# Known by identity: a lazy text is looked up to be compared.
@dataclass(frozen=True, slots=True, eq=False)
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
    unread = count_unread(user)
    places = PLACES[UserType(user.user_type)]
    current = here(request.path, places)
    return context | {
        "person": user,
        "idle_seconds": idle_seconds(),
        "places": menu_of(places, current, request.path == current, unread),
        "unread": unread,
    }


@remembered(MENUS)
def menu_of(
    places: tuple[Place, ...],
    current: str,
    is_page: bool,  # noqa: FBT001 - keys of what is remembered
    unread: int,
) -> str:
    """The places as the header shows them, which says nothing of anybody.

    :param current: the address of the one that a page belongs to, or "".
    :param is_page: whether the page is that place itself.
    """
    shown = [
        {
            "href": place.href,
            "icon": icon(place.icon),
            "name": place.name,
            "counts": place.counts,
        }
        for place in places
    ]
    context = {"places": shown, "here": current, "is_page": is_page, "unread": unread}
    return render_to_string("portal/partials/places.html", context)


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
