"""States that Prometheus asks for: kept in PostgreSQL and Redis, not in a process.

Each app has a `gauges.py` with its own. They are asked when metrics are fetched, at
most every few seconds and only for so long (`server/asked_gauges.py`).
"""

import time
from collections.abc import Iterator

from django.db import connection
from prometheus_client.core import GaugeMetricFamily, Metric

from phr.core import heartbeat, leases, worker_heartbeats
from phr.core.asked_metrics import MOST_COUNTED, asked_of, gauge
from phr.core.outbox import PUT_OFF
from phr.core.postgres.replica.standing import standing
from phr.core.queues import OF_MAILS, Queue
from phr.core.redis_client import connection as redis_connection

SECONDS_FOR_THE_REPLICA = 1.0  # to have what the primary has
OF_EVENTS = (Queue.URGENT, Queue.NOTIFICATIONS, *sorted(OF_MAILS))


# Lag is how long nobody has seen to an event: it was not tried, or not again in time.
WAITING_EVENTS = """
SELECT queue, count(*), count(*) FILTER (WHERE attempts > 0),
  count(*) FILTER (WHERE last_error = %(put_off)s), coalesce(max(attempts), 0),
  coalesce(extract(epoch FROM greatest(
    now() - min(created_at) FILTER (WHERE attempts = 0 AND last_error = ''),
    now() - min(next_attempt_at),
    interval '0'
  )), 0)::float
FROM (
  SELECT queue, attempts, last_error, created_at, next_attempt_at
  FROM core_outboxevent WHERE delivered_at IS NULL AND set_aside_at IS NULL
  ORDER BY next_attempt_at LIMIT %(most)s
) AS waiting
GROUP BY queue
"""
SET_ASIDE = """
SELECT queue, count(*) FROM (
  SELECT queue FROM core_outboxevent WHERE set_aside_at IS NOT NULL LIMIT %s
) AS set_aside GROUP BY queue
"""
OUTBOX = (
    ("phr_outbox_waiting", "Events that were not delivered yet."),
    ("phr_outbox_failing", "Of these, events that have failed before."),
    ("phr_outbox_put_off", "Of these, events put off by a limit of a mailbox."),
    ("phr_outbox_most_attempts", "The most often that one of these was tried."),
    ("phr_outbox_lag_seconds", "How long nobody has seen to one that should be tried."),
)


@asked_of("database")
def waiting_events() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING_EVENTS, {"put_off": PUT_OFF, "most": MOST_COUNTED})
        found = {queue: numbers for queue, *numbers in cursor.fetchall()}
    for place, (name, text) in enumerate(OUTBOX):
        values = {queue.value: found.get(queue, [0] * 5)[place] for queue in OF_EVENTS}
        yield gauge(name, text, "queue", values)


@asked_of("database")
def events_set_aside() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(SET_ASIDE, [MOST_COUNTED])
        found = dict(cursor.fetchall())
    values = {queue.value: found.get(queue, 0) for queue in OF_EVENTS}
    text = "Events that have failed too often to be tried again by themselves."
    yield gauge("phr_outbox_set_aside", text, "queue", values)


CONNECTIONS = """
SELECT coalesce(state, 'other'), count(*),
  coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1
"""


@asked_of("database")
def connections() -> Iterator[Metric]:
    """Of other accounts PostgreSQL tells the number only: their state is `other`."""
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        rows = cursor.fetchall()
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    states = {"active": 0.0, "idle": 0.0, "idle in transaction": 0.0}
    states |= {state: number for state, number, _ in rows}
    yield gauge(
        "phr_database_connections",
        "Connections to this database, by state.",
        "state",
        states,
    )
    yield GaugeMetricFamily(
        "phr_database_connections_most", "max_connections of PostgreSQL.", most
    )
    yield GaugeMetricFamily(
        "phr_database_oldest_transaction_seconds",
        "How long the oldest transaction of our account has been open.",
        max((seconds for *_, seconds in rows), default=0.0),
    )


@asked_of("redis")
def queues() -> Iterator[Metric]:
    now = time.time()
    lengths = {queue.value: redis_connection().llen(queue.value) for queue in Queue}
    yield gauge("phr_queue_length", "Messages for workers.", "queue", lengths)
    workers = {queue.value: worker_heartbeats.alive(queue, at=now) for queue in Queue}
    yield gauge("phr_workers_alive", "Workers that take messages.", "queue", workers)


@asked_of("redis")
def last_tick_of_beat() -> Iterator[Metric]:
    if (ticked := heartbeat.last_tick()) is not None:
        yield GaugeMetricFamily(
            "phr_beat_last_tick_seconds",
            "How long ago beat ticked.",
            time.time() - ticked,
        )


@asked_of("replica")
def replica_lag() -> Iterator[Metric]:
    """More than a second is told as finely as metrics are fetched."""
    standing.note_places(patience=SECONDS_FOR_THE_REPLICA)
    yield GaugeMetricFamily(
        "phr_replica_lag_seconds",
        "How far the replica is behind the primary.",
        standing.seconds_behind(),
    )


@asked_of("database")
def who_leads() -> Iterator[Metric]:
    """Beat's lease: as long as nobody holds it, the last that did has 0."""
    if (held := leases.held(leases.BEAT)) is not None:
        host, *_ = held.holder.split(":")
        values = {host: float(held.is_held)}
        yield gauge("phr_beat_leads", "Which host's beat leads.", "host", values)
