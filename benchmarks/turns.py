"""How late somebody's link for a new password is while others flood the workers.

Three accounts leave events without pause; then one more asks for a link. Counted is how
many events are delivered before it, by turns and first come, first served: counts do
not depend on what else the machine does.

python -m dev.with_servers python -m benchmarks.turns --events 1000
"""

import argparse
import sys
import time
from uuid import UUID

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from benchmarks.some_events import NothingHappened
from phr.core import events, outbox, outbox_queue
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.core.tasks import MOST_IN_A_BATCH

FLOODERS = 3
AT_ONCE = MOST_IN_A_BATCH


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000, help="of each account")
    chosen = parser.parse_args()
    call_command("migrate", verbosity=0)
    if OutboxEvent.objects.exists():
        print("This database is not empty.")
        return 1
    for owner in [uuid7() for _ in range(FLOODERS)]:
        for _ in range(chosen.events):
            emit_one(owner)
    asked = emit_one(uuid7())
    first_come = OutboxEvent.objects.filter(pk__lt=asked.pk).count()
    began = time.monotonic()
    before = deliver_until(asked)
    took = time.monotonic() - began
    print(f"first come, first served: {first_come:,} events before it")
    print(f"by turns: {before:,} events before it, {took:.2f} s in one process")
    return 0


def emit_one(owner: UUID) -> OutboxEvent:
    with transaction.atomic():
        (event,) = events.emit_each([NothingHappened(by=owner)], queue=Queue.URGENT)
    return event


def deliver_until(asked: OutboxEvent) -> int:
    """Deliver as a worker does until this one has its turn."""
    before = 0
    while True:
        taken = outbox_queue.take(Queue.URGENT, now=timezone.now(), at_most=AT_ONCE)
        ids = [each.event_id for each in taken]
        outbox.deliver(ids, now=timezone.now())
        if asked.pk in ids:
            return before + ids.index(asked.pk)
        before += len(ids)


if __name__ == "__main__":
    sys.exit(main())
