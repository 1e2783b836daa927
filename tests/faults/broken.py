"""Defects that the bench must find, each made on purpose: `--broken NAME`.

Loaded by workers as `celery --app tests.faults.broken:app`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from celery.signals import worker_init
from django.db import connection

from config.celery import app

__all__ = ["app"]


@dataclass(frozen=True)
class Defect:
    """What is wrong, and in which scenario that shows.

    :param shows_as: which of the counts is then not 0.
    """

    scenario: str
    shows_as: str
    celery: str = "config.celery:app"
    with_beat: bool = True


NONE = Defect("", "")
DEFECTS = {
    "delivered before the handlers have run": Defect(
        "a worker is killed", "lost", celery="tests.faults.broken:app"
    ),
    "no unique constraint": Defect("nothing", "doubled"),
    "mails leave twice": Defect(
        "nothing", "doubled", celery="tests.faults.broken_mails:app"
    ),
    "nothing is tried again": Defect("Valkey is killed", "lost", with_beat=False),
}


def drop_constraint() -> None:
    """Let there be two rows for one Idempotency-Key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE core_idempotencykey"
            " DROP CONSTRAINT core_idempotency_key_is_used_once"
        )


def deliver_too_early(event_ids: Sequence[UUID], *, now: datetime) -> int:
    """Say that events are delivered, for good, and then run their handlers."""
    from phr.core import outbox  # Django knows its settings in a worker only
    from phr.core.models import OutboxEvent

    waiting = OutboxEvent.objects.filter(pk__in=event_ids, delivered_at=None)
    taken = [outbox.read(row) for row in waiting]
    waiting.update(delivered_at=now, turn=None)
    outbox.run_handlers(taken)
    return len(taken)


@worker_init.connect
def break_it(**_: object) -> None:
    from phr.core import outbox

    outbox.deliver = deliver_too_early
