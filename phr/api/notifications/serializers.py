"""How one wants to be told, as JSON: what is taken."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from phr.api.fields import (
    Choice,
    Flag,
    Items,
    StrictSerializer,
    raise_invalid,
)
from phr.notifications.models import NotificationType


class PreferenceChangeSerializer(StrictSerializer):
    """How to tell of one type from now on; a way that is left out stays as it is."""

    notification_type = Choice(NotificationType.choices)
    in_app = Flag(required=False)
    email = Flag(required=False)

    class Meta:
        answered = ("is_fixed",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.keys() == {"notification_type"}:
            raise_invalid(
                "non_field_errors", "nothing_to_change", gettext("Use in_app or email.")
            )
        return attrs | {
            "notification_type": NotificationType(attrs["notification_type"])
        }


class PreferenceChanges(Items):
    """Changes of preferences, each type once."""

    child = PreferenceChangeSerializer()
    default_error_messages = {"max_length": _("There are fewer types than this.")}

    def to_internal_value(self, data: Any) -> list[Any]:
        changes = super().to_internal_value(data)
        types = [change["notification_type"] for change in changes]
        twice = ErrorDetail(gettext("This type appears more than once."), "repeated")
        faults = {
            str(place): {"notification_type": [twice]}
            for place, each in enumerate(types)
            if each in types[:place]
        }
        if faults:
            raise serializers.ValidationError(faults)
        return changes


class PreferenceChangesSerializer(StrictSerializer):
    """What is to change; types that are left out stay as they are."""

    preferences = PreferenceChanges(
        required=False, min_length=1, max_length=len(NotificationType)
    )
