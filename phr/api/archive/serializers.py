"""Exports as JSON."""

from typing import Any

from rest_framework import serializers

from phr.api.fields import Choice, Id, Moment, Whole
from phr.archive.models import ExportStatus


class ExportSerializer(serializers.Serializer[Any]):
    """An export of one's account, and what has become of it."""

    id = Id()
    status = Choice(ExportStatus.choices)
    progress = Whole(min_value=0, max_value=100, help_text="Progress in percent.")
    created_at = Moment()
    ready_at = Moment(allow_null=True)
    expires_at = Moment(
        allow_null=True, help_text=("The file can be downloaded until this time.")
    )
    size = Whole(min_value=0, allow_null=True, help_text="Size in bytes.")
    sha256 = serializers.RegexField(
        r"^([0-9a-f]{64})?$", help_text="SHA-256 of the file; blank until it is ready."
    )
