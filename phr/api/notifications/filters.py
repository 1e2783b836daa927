"""Filters of the inbox."""

import django_filters

from phr.api.filters import FlagFilter
from phr.notifications.models import Notification


class NotificationFilter(django_filters.FilterSet):
    is_read = FlagFilter(label="Only read (true) or unread (false) notifications.")

    class Meta:
        model = Notification
        fields = ("is_read",)
