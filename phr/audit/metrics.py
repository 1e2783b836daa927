"""What is counted of the ledger."""

from prometheus_client import Counter

LINES = Counter("phr_ledger_lines", "Lines added to the ledger.", ["action"])
