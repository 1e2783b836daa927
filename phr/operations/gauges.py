"""How old the last backup is that was tried."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from phr.core.asked_metrics import asked_of
from phr.operations.backup.last_verified import last_verified


@asked_of("redis")
def backups() -> Iterator[Metric]:
    made_at = last_verified()
    yield GaugeMetricFamily(
        "phr_backup_verified_timestamp_seconds",
        "When the last backup was made that verify_backup has tried; 0 without one.",
        made_at.timestamp() if made_at else 0.0,
    )
