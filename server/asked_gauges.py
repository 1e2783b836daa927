"""States that PostgreSQL, its replica and Redis are asked for when metrics are fetched.

However often that is, they are asked every few seconds at most, by one thread, and
nobody waits long for it: what a server does not tell in time is left out, and
`phr_source_up` says so.
"""

import threading
import time
from collections.abc import Iterable

import structlog
from django.db import connections, transaction
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from phr.core.asked_metrics import Source, gauge, questions
from phr.core.postgres.replica.standing import is_set_up

log = structlog.get_logger(__name__)

SECONDS_KEPT = 5.0
SECONDS_TO_WAIT = 4.0
MS_FOR_A_STATEMENT = 2_000


class AskedGauges(Collector):
    def __init__(self) -> None:
        self.answers: list[Metric] = []
        self.asked_at = float("-inf")
        self.thread: threading.Thread | None = None

    def collect(self) -> Iterable[Metric]:
        """What was answered within the last seconds; nothing older."""
        if time.monotonic() - self.asked_at >= SECONDS_KEPT:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(
                    target=self.ask, name="gauges", daemon=True
                )
                self.thread.start()
            self.thread.join(SECONDS_TO_WAIT)
        if time.monotonic() - self.asked_at < SECONDS_KEPT + SECONDS_TO_WAIT:
            return self.answers
        return [up(dict.fromkeys(sources(), 0.0))]

    def ask(self) -> None:
        found = {source: answers_of(source) for source in sources()}
        states = {source: float(told is not None) for source, told in found.items()}
        self.answers = [up(states), *(m for told in found.values() for m in told or ())]
        self.asked_at = time.monotonic()


def sources() -> list[Source]:
    """What this installation has of those that are asked."""
    return [each for each in sorted(questions) if each != "replica" or is_set_up()]


def up(states: dict[Source, float]) -> Metric:
    return gauge(
        "phr_source_up",
        "Whether what is kept in PostgreSQL, a replica and Redis could be asked for.",
        "source",
        {str(source): state for source, state in states.items()},
    )


def answers_of(source: Source) -> list[Metric] | None:
    """What a server says to all that is asked of it; None if it does not answer."""
    try:
        if source == "database":
            return ask_database()
        if source == "replica":
            return ask_replica()
        return [metric for ask in questions[source] for metric in ask()]
    except Exception as error:  # noqa: BLE001 - metrics without them are worth having
        log.debug("gauges_not_answered", source=source, error=type(error).__name__)
        return None


def ask_database() -> list[Metric]:
    """All in one short transaction, on a connection that nobody else has or keeps."""
    try:
        with transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {MS_FOR_A_STATEMENT}")
            return [metric for ask in questions["database"] for metric in ask()]
    finally:
        connections["default"].close()


def ask_replica() -> list[Metric]:
    """Ask it and the primary, on connections that nobody else has or keeps."""
    try:
        return [metric for ask in questions["replica"] for metric in ask()]
    finally:
        connections.close_all()
