"""Notifications in the admin site: who was told what, never changed."""

from django.contrib import admin

from phr.core.admin import ShownOnly
from phr.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ShownOnly):
    may_be_stale = True
    list_display = ("created_at", "recipient", "notification_type", "title", "is_read")
    list_filter = ("notification_type", "is_read")
    list_select_related = ("recipient",)
    ordering = ("-pk",)
    finds_people, search_fields = True, ("recipient__search_text",)
    fields = (
        "recipient",
        "notification_type",
        "title",
        "message",
        "is_read",
        "read_at",
        "event",
        "created_at",
    )
