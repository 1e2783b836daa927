"""Celery's ways into exports."""

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from phr.archive import worker
from phr.core.request_origin import Origin, current_origin

log = structlog.get_logger(__name__)


@shared_task(acks_late=True)
def prepare_export(*, export_id: str, **_future: object) -> None:
    """Prepare one export; a second run finds nothing to do.

    After a failure the row is still to be done, and `look_after_exports` sees it.
    """
    before = current_origin.set(Origin(face="task"))
    try:
        worker.prepare_export(UUID(export_id), at=timezone.now())
    except Exception:
        log.exception("export_not_prepared", export_id=export_id)
    finally:
        current_origin.reset(before)


@shared_task
def look_after_exports(**_future: object) -> int:
    """Queue the exports that are due, and delete the bytes of those past their time."""
    worker.expire_exports(at=timezone.now())
    worker.purge_rows(at=timezone.now())
    due = worker.take_due_exports(at=timezone.now())
    for export_id in due:
        prepare_export.delay(export_id=str(export_id))
    return len(due)
