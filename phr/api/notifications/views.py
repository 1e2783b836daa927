"""One's own inbox."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from phr.api.fields import NoBody
from phr.api.notifications.filters import NotificationFilter
from phr.api.notifications.serializers import (
    CountedMessageSerializer,
    MessageSerializer,
    NotificationSerializer,
)
from phr.api.paging import KeysetPagination
from phr.api.shapes import notification_shape
from phr.api.views import ApiView, signed_in
from phr.notifications import services
from phr.notifications.models import Notification


class Notifications(ApiView):
    """What one was told, newest first."""

    queryset = Notification.objects.none()  # for the OpenAPI document
    serializer_class = NotificationSerializer
    pagination_class = KeysetPagination
    filterset_class = NotificationFilter

    @extend_schema(
        operation_id="list_notifications",
        responses=NotificationSerializer(many=True),
        tags=["notifications"],
    )
    def get(self, request: Request) -> Response:
        mine = Notification.objects.visible_to(signed_in(request))
        page = self.page_of(mine)
        return self.get_paginated_response([notification_shape(row) for row in page])


class ReadNotification(ApiView):
    """Mark one notification as read."""

    serializer_class = NoBody

    @extend_schema(
        operation_id="read_notification",
        request=None,
        responses=MessageSerializer,
        tags=["notifications"],
    )
    def post(self, request: Request, notification_id: UUID) -> Response:
        self.valid(request)
        services.mark_read(
            actor=signed_in(request),
            notification_id=notification_id,
            at=timezone.now(),
        )
        return Response({"message": "The notification was marked as read."})


class ReadAllNotifications(ApiView):
    """Mark everything in one's inbox as read."""

    serializer_class = NoBody

    @extend_schema(
        operation_id="read_all_notifications",
        request=None,
        responses=CountedMessageSerializer,
        tags=["notifications"],
    )
    def post(self, request: Request) -> Response:
        self.valid(request)
        count = services.mark_all_read(actor=signed_in(request), at=timezone.now())
        noun = "notification" if count == 1 else "notifications"
        message = f"{count} {noun} marked as read"
        return Response({"message": message, "count": count})
