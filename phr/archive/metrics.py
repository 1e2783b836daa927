"""What is counted of exports."""

from prometheus_client import Counter

EXPORTS = Counter(
    "phr_exports", "Exports that were prepared, or given up as failed.", ["outcome"]
)
for outcome in ("ready", "failed"):
    EXPORTS.labels(outcome)
