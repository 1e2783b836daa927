"""Celery's ways into the purging of sign-ins and mails."""

from celery import shared_task
from django.utils import timezone

from phr.accounts import mail_outbox, sessions

ROWS_PER_BATCH = 1_000
MOST_BATCHES_PER_RUN = 200


@shared_task
def purge_ended_sessions(**_future: object) -> None:
    """Purge sign-ins of long ago; what is left is for the next run."""
    for _ in range(MOST_BATCHES_PER_RUN):
        purged = sessions.purge_ended(at=timezone.now(), at_most=ROWS_PER_BATCH)
        if purged < ROWS_PER_BATCH:
            return


@shared_task
def purge_settled_mails(**_future: object) -> None:
    """Purge mails of long ago; what is left is for the next run."""
    for _ in range(MOST_BATCHES_PER_RUN):
        purged = mail_outbox.purge_settled(at=timezone.now(), at_most=ROWS_PER_BATCH)
        if purged < ROWS_PER_BATCH:
            return
