"""The application of a worker that, if told to, is looked after more often, sticks, or
has less patience with PostgreSQL.

Started by tests as `celery --app tests.hanging.sticking:app`.
"""

import os
import time
from typing import Any

from celery.signals import worker_ready

from config import consumer, worker_watchdog
from config.broker import QoS
from config.celery import app
from phr.core.postgres import timeouts

__all__ = ["app"]


def keep_every_slot(**_: Any) -> None:
    """It lives and answers, and believes that it has all that it may have in hand."""
    QoS.can_consume = lambda self: False  # type: ignore[method-assign] # as it does then


def hang(**_: Any) -> None:
    """Its main thread never comes back, not for a signal either."""
    while True:
        time.sleep(1)


WAYS = {"slots": keep_every_slot, "thread": hang}

if os.environ.get("WORKER_IS_WATCHED"):
    worker_watchdog.SECONDS_BETWEEN_LOOKS = 0.5  # type: ignore[assignment] # no whole number
    worker_watchdog.SECONDS_TO_END = 3
    consumer.LONGEST_WAIT = 1  # less than it may take nothing
if os.environ.get("WORKER_IS_IMPATIENT"):
    timeouts.WORKER = timeouts.Timeouts(statement=60, lock=60, idle=60, answer=8)
if way := os.environ.get("WORKER_STICKS"):
    worker_ready.connect(WAYS[way], weak=False)
