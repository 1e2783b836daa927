"""The inbox as JSON."""

from typing import Any

from rest_framework import serializers

from phr.api.fields import Choice, Id, Moment, Text, Whole
from phr.notifications.models import NotificationType


class NotificationSerializer(serializers.Serializer[Any]):
    """One line of an inbox; it never carries clinical text."""

    id = Id()
    notification_type = Choice(NotificationType.choices)
    title = Text()
    message = Text()
    is_read = serializers.BooleanField()
    created_at = Moment()


class MessageSerializer(serializers.Serializer[Any]):
    """What was done."""

    message = Text()


class CountedMessageSerializer(MessageSerializer):
    """What was done, and how often."""

    count = Whole(min_value=0)
