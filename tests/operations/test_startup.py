"""What would surprise an operator is in the log when a process starts."""

import json

from structlog.testing import capture_logs

from phr.core import redis_client
from phr.operations.startup import tell_surprises
from tests.production import NEEDED, run_python

WEB = """
import threading
import config.asgi
for thread in threading.enumerate():
    if thread.name == "surprises":
        thread.join(30)
print("serves")
"""
BEAT = """
import threading
from celery.signals import beat_init, worker_ready
from config.celery import app, tell_surprises, watch_over
print([tell_surprises in [each[1]() for each in signal.receivers if each[1]()]
       for signal in (beat_init, worker_ready)])
"""


def test_a_web_process_says_what_is_missing_and_serves_all_the_same() -> None:
    done = run_python("-c", WEB, **NEEDED)

    assert done.stdout.strip() == "serves"
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    said = {line["says"] for line in lines if line["event"] == "installation"}
    assert "DATABASE_URL: no PostgreSQL server responds there." in said
    assert "REDIS_URL: no Redis or Valkey server responds there." in said
    assert all(line["do"] for line in lines if line["event"] == "installation")
    assert "hunter" not in done.stderr


def test_a_redis_that_drops_queues_is_named_at_the_start(
    db: None, own_valkey: redis_client.BoundedRedis
) -> None:
    own_valkey.config_set("maxmemory-policy", "allkeys-lfu")

    with capture_logs() as logs:
        tell_surprises().join(30)

    of_redis = [each for each in logs if each.get("part") == "redis"]
    assert "maxmemory-policy is allkeys-lfu" in of_redis[0]["says"]
    assert of_redis[0]["log_level"] == "error"


def test_workers_and_beat_look_as_well() -> None:
    assert run_python("-c", BEAT, **NEEDED).stdout.strip() == "[True, True]"
