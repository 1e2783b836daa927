"""Exports that wait, and that a worker has in hand."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from phr.archive.models import Export
from phr.archive.progress import percent_of
from phr.core.asked_metrics import asked_of, gauge

MOST_LOOKED_AT = 100  # each is asked about in Redis


@asked_of("database")
def exports() -> Iterator[Metric]:
    waiting = Export.objects.under_way().order_by("next_attempt_at")
    ids = list(waiting.values_list("pk", flat=True)[:MOST_LOOKED_AT])
    running = sum(percent_of(export_id) is not None for export_id in ids)
    yield gauge(
        "phr_exports_under_way",
        "Exports that wait for a worker, or are being prepared.",
        "state",
        {"waiting": len(ids) - running, "running": running},
    )
