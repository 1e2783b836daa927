"""Celery's way into what the ledger needs every minute."""

from celery import shared_task
from django.utils import timezone

from phr.audit import denied_attempts, seals


@shared_task
def seal_ledger(**_future: object) -> int:
    """Enter refusals whose hour is over, and seal what has been entered."""
    denied_attempts.enter_counts(now=timezone.now())
    return seals.seal_ledger(at=timezone.now())
