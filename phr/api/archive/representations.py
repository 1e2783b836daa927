"""Exports in the API's answers."""

from django.utils import timezone

from phr.api.json import JsonObject
from phr.archive.models import Export, ExportStatus
from phr.archive.progress import percent_of


def represent_export(export: Export) -> JsonObject:
    percent = percent_of(export.pk)
    state = export.state(timezone.now(), in_progress=percent is not None)
    done = 100 if export.ready_at else 0
    return {
        "id": export.id,
        "status": state,
        "progress": percent if state == ExportStatus.PREPARING else done,
        "created_at": export.created_at,
        "ready_at": export.ready_at,
        "expires_at": export.expires_at,
        "size": export.size,
        "sha256": export.sha256,
    }
