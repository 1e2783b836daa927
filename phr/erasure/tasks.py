"""Celery's way into erasing."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from phr.core.request_origin import Origin, current_origin
from phr.erasure import runner
from phr.erasure.models import Erasure

MOST_STEPS_PER_RUN = 2_000


@shared_task
def erase_due_accounts(**_future: object) -> int:
    """Erase the accounts whose time has come; what is left is for the next run.

    :returns: how many steps were taken.
    """
    before = current_origin.set(Origin(face="task"))
    try:
        return run_due_erasures(timezone.now())
    finally:
        current_origin.reset(before)


def run_due_erasures(at: datetime) -> int:
    steps = 0
    due = Erasure.objects.due(at).order_by("due_at")
    for erasure_id in list(due.values_list("pk", flat=True)[:MOST_STEPS_PER_RUN]):
        left = MOST_STEPS_PER_RUN - steps
        steps += runner.run_erasure(erasure_id=erasure_id, at=at, at_most=left)
    runner.clean_up_after(at=at)
    return steps
