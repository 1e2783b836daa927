"""Celery's ways into the ledger: what it needs every minute, and long checks."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from phr.audit import denied_attempts, seals, whole_check


@shared_task
def seal_ledger(**_future: object) -> int:
    """Enter refusals whose hour is over, and seal what has been entered."""
    denied_attempts.enter_counts(now=timezone.now())
    return seals.seal_ledger(at=timezone.now())


@shared_task(acks_late=True)
def check_ledger(*, user_id: str, run: str, **_future: object) -> None:
    """Go on for some seconds with a check that somebody has begun."""
    whole_check.go_on(UUID(user_id), run, at=timezone.now())
