"""Mails for a real worker to send."""

import time

from django.db import transaction
from django.utils import timezone

from phr.accounts import mail_outbox
from phr.accounts.models import User
from phr.core import outbox
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.tasks import replay_outbox


def post(user: User, times: int) -> None:
    """Mails to as many mailboxes: one alone gets three in an hour."""
    for _ in range(times):
        address = f"{uuid7()}@example.org"
        with transaction.atomic():
            mail_outbox.queue_mail(
                user=user, address=address, kind="accounts.all_sessions_ended"
            )


def all_are_delivered() -> bool:
    """Whether they are; the others are asked for, as beat does after a while."""
    due = outbox.make_due(OutboxEvent.objects.all(), now=timezone.now())
    if due:
        replay_outbox()
        time.sleep(1)
    return due == 0
