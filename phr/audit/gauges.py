"""How far behind sealing the ledger is."""

from collections.abc import Iterator

from django.db import connection
from prometheus_client.core import GaugeMetricFamily, Metric

from phr.core.asked_metrics import MOST_COUNTED, asked_of

UNSEALED = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0)::float
FROM (
  SELECT at FROM audit_accessentry
  WHERE position > coalesce(
    (SELECT last_position FROM audit_ledgerseal ORDER BY number DESC LIMIT 1),
    -9223372036854775808
  )
  ORDER BY position LIMIT %s
) AS line
"""


@asked_of("database")
def sealing() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [MOST_COUNTED])
        lines, seconds = cursor.fetchone()
    yield GaugeMetricFamily(
        "phr_ledger_unsealed_lines", "Lines of the ledger without a seal.", lines
    )
    yield GaugeMetricFamily(
        "phr_ledger_sealing_lag_seconds",
        "How old the oldest line without a seal is.",
        seconds,
    )
