"""What is counted before Django: who waits, for how long, and who is turned away.

A lane is one pool of threads with its queue: `request`, `sign-in`, `file`, `health`.
"""

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

from phr.core import metrics

if TYPE_CHECKING:
    from server.thread_pool import ThreadPool

SECONDS_BETWEEN_LOOKS = 1.0

WAITING = Gauge(
    "phr_lane_waiting",
    "Requests that wait for a thread, looked at once a second.",
    ["lane"],
    multiprocess_mode="livesum",
)
RUNNING = Gauge(
    "phr_lane_running",
    "Threads that work on a request, looked at once a second.",
    ["lane"],
    multiprocess_mode="livesum",
)
THREADS = Gauge(
    "phr_lane_threads",
    "Threads that there are; each keeps one connection to PostgreSQL.",
    ["lane"],
    multiprocess_mode="livesum",
)
WAIT_SECONDS = Histogram(
    "phr_lane_wait_seconds",
    "How long a request waited for a thread.",
    ["lane"],
    buckets=metrics.SECONDS,
)
TURNED_AWAY = Counter(
    "phr_lane_turned_away",
    "Requests that got no thread: their sender had too many in flight, had used up the "
    "hour, or nobody could have a turn in time.",
    ["lane", "reason"],
)
NOT_READ = Counter(
    "phr_http_not_read",
    "Requests that were refused while they were read, or broke the application.",
    ["status"],
)
# Known from the start: else the first of a kind would be no increase.
for status in (400, 408, 431, 500, 503):
    NOT_READ.labels(status)
for lane in ("request", "sign-in", "file", "health"):
    for reason in ("in_flight", "hour", "no_turn"):
        TURNED_AWAY.labels(lane, reason)


def watch_lanes(pools: Iterable["ThreadPool"]) -> None:
    """Look at the queues of this process now and then, if anybody is to hear of it."""
    if not metrics.IN_FILES:
        return
    watched = list(pools)

    def watch() -> None:
        while True:
            look_at(watched)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    threading.Thread(target=watch, name="lanes", daemon=True).start()


def look_at(pools: Iterable["ThreadPool"]) -> None:
    for pool in pools:
        WAITING.labels(pool.name).set(pool.queue.waiting)
        RUNNING.labels(pool.name).set(pool.queue.running)
        THREADS.labels(pool.name).set(pool.queue.bounds.workers)
