"""The replica, if there is one: whether it is one of ours, and how far behind.

Nothing of it is an error: as long as it cannot be read, the primary answers.
"""

from collections.abc import Iterator
from time import monotonic, sleep

from django.conf import settings
from django.db import Error

from phr.core.postgres.replica.standing import (
    NotTheReplica,
    ask_primary,
    ask_replica,
    is_set_up,
)
from phr.operations.findings import Finding, Part

PART = Part("replica")
SECONDS_BETWEEN_LOOKS = 0.1
MOST_SECONDS = 10


def examine() -> Iterator[Finding]:
    """See how long it takes until the replica has what the primary has now."""
    if not is_set_up():
        return
    began, most = monotonic(), min(MOST_SECONDS, settings.DATABASE_REPLICA_MAX_LAG)
    try:
        place, system = ask_primary()
        while ask_replica(system) < place:
            if monotonic() > began + most:
                yield PART.warning(
                    f"It is more than {most} seconds behind the primary.",
                    "See pg_stat_replication on the primary, and what the replica is "
                    "at: a long read there holds changes up.",
                )
                return
            sleep(SECONDS_BETWEEN_LOOKS)
    except NotTheReplica:
        yield PART.warning(
            "DATABASE_REPLICA_URL leads to a server that is no replica of the one at "
            "DATABASE_URL. It is not read.",
            "Correct it; behind a proxy, have it lead to followers only "
            "(docs/high-availability.md).",
        )
    except Error as error:
        yield PART.warning(
            f"DATABASE_REPLICA_URL: nothing can be read ({type(error).__name__}).",
            "The primary answers instead. See whether the server runs, and lets the "
            "account in.",
        )
    else:
        yield PART.ok(f"It was {monotonic() - began:.1f} seconds behind the primary.")
