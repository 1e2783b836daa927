"""Celery's way into what the ledger needs every minute."""

from celery import shared_task
from django.utils import timezone

from phr.audit import refusals, sealing


@shared_task
def seal_ledger(**_future: object) -> int:
    """Enter refusals whose hour is over, and seal what has been entered."""
    refusals.enter_counts(now=timezone.now())
    return sealing.seal_ledger(at=timezone.now())
