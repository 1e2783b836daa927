"""Celery's way into purging."""

from celery import shared_task

from phr.core.request_origin import Origin, current_origin
from phr.health_records import record_deletion

RECORDS_PER_BATCH = 200
MOST_BATCHES_PER_RUN = 50


@shared_task
def purge_deleted_records(**_future: object) -> int:
    """Purge what was deleted long enough ago; what is left is for the next run.

    :returns: how many records are gone.
    """
    before = current_origin.set(Origin(face="task"))
    try:
        return purge_batches()
    finally:
        current_origin.reset(before)


def purge_batches() -> int:
    gone = 0
    for _ in range(MOST_BATCHES_PER_RUN):
        purged = record_deletion.purge_batch(at_most=RECORDS_PER_BATCH)
        gone += purged
        if purged < RECORDS_PER_BATCH:
            break
    return gone
