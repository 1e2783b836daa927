"""A requested export is put into the workers' queue."""

from django.db import transaction

from phr.archive.tasks import prepare_export
from phr.core.events import subscribe
from phr.core.models import OutboxEvent
from phr.core.queues import Queue


@subscribe("archive.export_asked", Queue.URGENT)  # as its security notice is
def queue_export(event: OutboxEvent) -> None:
    """Have a worker prepare the export now.

    What the broker does not take, `look_after_exports` finds in its row.
    """
    export_id = event.payload["export_id"]
    transaction.on_commit(
        lambda: prepare_export.delay(export_id=export_id), robust=True
    )
