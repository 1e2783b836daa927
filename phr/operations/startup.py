"""What would surprise an operator, said in the log when a process starts.

Nothing ends here: a database may be away for a moment, and `/health/ready/` keeps
requests from a web process that cannot answer them. `manage.py doctor` looks further.
"""

import threading
from collections.abc import Iterator

import structlog
from django.db import connections

from phr.operations.doctor import (
    behind,
    clocks,
    configuration,
    each,
    postgresql,
    redis_server,
    releases,
)
from phr.operations.findings import Finding, Level

log = structlog.get_logger(__name__)

SURPRISES = (Level.WARNING, Level.ERROR)


def tell_surprises() -> threading.Thread:
    """Look from a thread beside the work that begins; one line for each finding."""
    thread = threading.Thread(target=look, name="surprises", daemon=True)
    thread.start()
    return thread


def look() -> None:
    try:
        for finding in surprises():
            write = log.error if finding.level is Level.ERROR else log.warning
            write(
                "installation", part=finding.part, says=finding.says, do=finding.advice
            )
    finally:
        connections.close_all()  # of this thread


def surprises() -> Iterator[Finding]:
    """What is quick to see, and not as it should be."""
    for finding in examinations():
        if finding.level in SURPRISES:
            yield finding


def examinations() -> Iterator[Finding]:
    yield from each(("settings", configuration.of_proxies))
    yield from behind(
        ("postgresql", postgresql.examine_reach),
        [
            ("time", clocks.examine_database_clock),
            ("release", releases.examine_migrations),
            ("release", releases.examine_named_users),
        ],
    )
    yield from behind(
        ("redis", redis_server.examine_reach),
        [("redis", redis_server.examine_server), ("time", clocks.examine_redis_clock)],
    )
