"""What is counted for Prometheus: where processes keep it, and what core itself counts.

Each app has a `metrics.py` with its own. Names begin with `phr_`, and no label has a
value that people can choose: none carries a person, an id, or a path (docs/adr/0071).
"""

import os
import tempfile
from pathlib import Path

import structlog
from django.conf import settings
from prometheus_client import Counter, Histogram, values

from phr.core.metrics_files import FIRST_SIZE, ReservedOrOwn, reserve
from phr.core.private_folder import NotPrivate, private_folder

log = structlog.get_logger(__name__)

# As prometheus_client's multiprocess mode reads it, also later.
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def keep_in_files() -> bool:
    """Have this process keep what it counts where whoever serves the port reads it.

    To be called before the first metric is made. A process that may not write there,
    such as a command that root types, counts for itself, and so does each process where
    the disk is full.
    """
    if not settings.METRICS_PORT:
        return False
    folder = Path(settings.METRICS_DIRECTORY)
    try:
        private_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as trial:
            reserve(trial, FIRST_SIZE)
    except (NotPrivate, OSError) as reason:
        log.warning("metrics_not_kept", reason=str(reason))
        return False
    os.environ[DIRECTORY] = str(folder)
    values.MmapedDict = ReservedOrOwn  # type: ignore[attr-defined,assignment] # its own import
    values.ValueClass = values.MultiProcessValue()
    return True


IN_FILES = keep_in_files()

REQUESTS = Counter(
    "phr_http_requests",
    "Requests that Django has answered.",
    ["route", "method", "status"],
)
# Without labels, and so known from the start: else the first would be no increase.
ERRORS = Counter("phr_http_errors", "Requests answered with 500: each is a bug.")
REQUEST_SECONDS = Histogram(
    "phr_http_request_seconds",
    "How long Django took for a request, without the time it waited for a thread.",
    ["route"],  # a method more would be thirteen series more, and anybody can try each
    buckets=SECONDS,
)
STATEMENTS = Counter(
    "phr_database_statements", "SQL statements of requests and tasks.", ["route"]
)
STATEMENT_SECONDS = Counter(
    "phr_database_statement_seconds", "What these statements took.", ["route"]
)
CONNECTIONS_OPENED = Counter(
    "phr_database_connections_opened", "Connections to PostgreSQL that were made."
)
CONNECTIONS_FAILED = Counter(
    "phr_database_connections_failed", "Connections to PostgreSQL that were not."
)
THROTTLED = Counter("phr_throttled", "Attempts over a limit.", ["limit"])
OUTBOX_ATTEMPTS = Counter(
    "phr_outbox_attempts",
    "Deliveries of events: delivered, failed, or put off to a later time.",
    ["outcome"],
)
TASKS = Counter(
    "phr_tasks",
    "Tasks of Celery: success, failure (a lost or ended worker included), or retry.",
    ["task", "outcome"],
)
TASK_SECONDS = Histogram(
    "phr_task_seconds",
    "How long a worker took for a task.",
    ["task"],
    buckets=(*SECONDS, 60.0, 600.0),
)
SLOW_STATEMENTS = Counter(
    "phr_database_slow_statements",
    "Statements that took longer than SLOW_STATEMENT_MS; the log has them.",
)
STALE_READS = Counter(
    "phr_stale_reads",
    "Reads that a replica may answer, by who has: replica, or primary.",
    ["answered_by"],
)
for outcome in ("delivered", "failed", "put_off"):
    OUTBOX_ATTEMPTS.labels(outcome)
