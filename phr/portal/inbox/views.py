"""One's own inbox."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from phr.accounts.models import User
from phr.identity.second_factor_rules import needs_second_factor
from phr.interfaces.browser_session import SECOND_FACTOR
from phr.interfaces.way_back import way_back
from phr.notifications import services
from phr.notifications.rows import NotificationRow, list_notifications
from phr.portal.inbox.subjects import link_of
from phr.portal.paging import read_list_page
from phr.portal.views import OpenPage, PortalView, signed_in

STOP_POLLING = 286  # of htmx: nothing more will come of asking
ONLY_UNREAD = {"": None, "unread": False}


class Inbox(PortalView):
    """What one was told, the newest first."""

    template = "portal/inbox/inbox.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        reader = signed_in(request)
        shown = request.GET.get("show", "")
        if shown not in ONLY_UNREAD:
            raise Http404
        fetch = partial(list_notifications, reader, ONLY_UNREAD[shown])
        found = read_list_page(request, fetch, "created_at")
        rows = [with_link(reader, row) for row in found.rows]
        return self.page(list=found, rows=rows, shown=shown)


def with_link(reader: User, row: NotificationRow) -> dict[str, Any]:
    """A message, and where it leads.

    A template looks into a dictionary at a third of what a tuple with names costs.
    """
    return row._asdict() | {"link": link_of(reader.user_type, row)}


class ReadOne(PortalView):
    """Mark one message as read."""

    def post(self, request: HttpRequest, notification_id: UUID) -> HttpResponse:
        services.mark_read(
            actor=signed_in(request),
            notification_id=notification_id,
            at=timezone.now(),
        )
        return redirect(way_back(request, "portal:inbox"))


class ReadAll(PortalView):
    """Mark everything in one's inbox as read."""

    def post(self, request: HttpRequest) -> HttpResponse:
        count = services.mark_all_read(actor=signed_in(request), at=timezone.now())
        words = ngettext(
            "%(n)s message is marked as read.",
            "%(n)s messages are marked as read.",
            count,
        )
        messages.success(request, words % {"n": count})
        return redirect("portal:inbox")


class UnreadCount(OpenPage):
    """How many messages are unread, for the bar of an open page to ask each minute.

    It is asked by a script and not by a person, and says so in a header: it begins,
    prolongs and redirects nothing. Who is signed out by now is told to ask no more.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or is_weak(request, user):
            return HttpResponse(status=STOP_POLLING)
        context = {"unread": services.count_unread(user)}
        return render(request, "portal/partials/unread.html", context)


def is_weak(request: HttpRequest, user: User) -> bool:
    """Whether somebody has yet to show a second factor."""
    return needs_second_factor(user) and not request.session.get(SECOND_FACTOR)
