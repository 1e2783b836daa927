"""Exports in the API's answers."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from django.utils import timezone

from phr.api.answer_types import Count, Keywords
from phr.archive.models import Export, ExportStatus
from phr.archive.progress import percent_of


class ExportJson(TypedDict):
    """An export of one's account, and what has become of it."""

    id: UUID
    status: Annotated[str, ExportStatus]
    progress: Annotated[int, Keywords(maximum=100, minimum=0), "Progress in percent."]
    created_at: datetime
    ready_at: datetime | None
    expires_at: Annotated[
        datetime | None, "The file can be downloaded until this time."
    ]
    size: Annotated[Count | None, "Size in bytes."]
    sha256: Annotated[
        str,
        "SHA-256 of the file; blank until it is ready.",
        Keywords(pattern=r"^([0-9a-f]{64})?$"),
    ]


def represent_export(export: Export) -> ExportJson:
    percent = percent_of(export.pk)
    state = export.state(timezone.now(), in_progress=percent is not None)
    if percent is None or state != ExportStatus.PREPARING:
        percent = 100 if export.ready_at else 0
    return {
        "id": export.id,
        "status": state,
        "progress": percent,
        "created_at": export.created_at,
        "ready_at": export.ready_at,
        "expires_at": export.expires_at,
        "size": export.size,
        "sha256": export.sha256,
    }
