"""One's own inbox."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rest_framework.request import Request

from phr.api.fields import NoBody
from phr.api.filters import cleaned
from phr.api.json import Response
from phr.api.notifications import docs
from phr.api.notifications.filters import NotificationFilter
from phr.api.notifications.representations import (
    CountedMessageJson,
    represent_message,
    represent_notification,
)
from phr.api.paging import KeysetPagination
from phr.api.views import ApiView, signed_in
from phr.notifications import services
from phr.notifications.models import Notification
from phr.notifications.rows import list_notifications


class Notifications(ApiView):
    """What one was told, newest first."""

    queryset = Notification.objects.none()  # for the OpenAPI document
    pagination_class = KeysetPagination
    filterset_class = NotificationFilter

    @docs.list_notifications
    def get(self, request: Request) -> Response:
        is_read = read_flag(request.query_params)
        page = self.read_page(partial(list_notifications, signed_in(request), is_read))
        return self.get_paginated_response(
            [represent_notification(row) for row in page]
        )


def read_flag(parameters: Mapping[str, str]) -> bool | None:
    """Whether only the read or the unread are asked for; None for both.

    :raises ValidationError: it is neither true nor false.
    """
    match parameters.get("is_read"):
        case None:
            return None
        case "true" | "false" as plain:  # without a form: 17 of a poll's 850 us
            return plain == "true"
        case _:
            flag: bool | None = cleaned(NotificationFilter, parameters)["is_read"]
            return flag


class ReadNotification(ApiView):
    """Mark one notification as read."""

    serializer_class = NoBody

    @docs.read_notification
    def post(self, request: Request, notification_id: UUID) -> Response:
        self.valid(request)
        services.mark_read(
            actor=signed_in(request),
            notification_id=notification_id,
            at=timezone.now(),
        )
        return Response(represent_message(_("The notification is marked as read.")))


class ReadAllNotifications(ApiView):
    """Mark everything in one's inbox as read."""

    serializer_class = NoBody

    @docs.read_all_notifications
    def post(self, request: Request) -> Response:
        self.valid(request)
        count = services.mark_all_read(actor=signed_in(request), at=timezone.now())
        text = ngettext(
            "%(count)s notification marked as read",
            "%(count)s notifications marked as read",
            count,
        )
        answer: CountedMessageJson = {
            "message": text % {"count": count},
            "count": count,
        }
        return Response(answer)
