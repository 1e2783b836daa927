"""The broker as it really is: what waits in its queues, and how to lose it."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from celery import current_app

from dev.valkey import HOST, free_port
from phr.core import redis_client, wakeups
from phr.core.queues import Queue

PATIENCE = 120  # seconds


def events_asked() -> Counter[Queue]:
    """How many events of each queue workers are asked to deliver."""
    asked: Counter[Queue] = Counter()
    for message in messages_sent():
        asked[Queue(message["queue"])] += message["events"]
    return asked


def messages_sent() -> list[dict[str, Any]]:
    """What the messages to workers say, in each queue in the order of sending."""
    await_wakeups()
    return [
        arguments_in(message)
        for queue in Queue
        for message in reversed(
            cast(list[bytes], redis_client.connection().lrange(queue.value, 0, -1))
        )
    ]


def await_wakeups() -> None:
    """Wait until every wakeup of this process has been sent, or has failed."""
    assert wakeups.sender.is_done_within(PATIENCE)


def arguments_in(message: bytes) -> dict[str, Any]:
    """The arguments of a task, as Celery's protocol wraps them."""
    _, arguments, _ = json.loads(base64.b64decode(json.loads(message)["body"]))
    return cast(dict[str, Any], arguments)


def closed_address() -> str:
    """The URL of a Redis where nobody listens."""
    return f"redis://{HOST}:{free_port()}/0"


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Have Celery look for its broker at this URL."""
    before = current_app.conf.broker_url
    use_broker(url)
    try:
        yield
    finally:
        use_broker(before)


def use_broker(url: str) -> None:
    await_wakeups()
    current_app.conf.broker_url = url
    # Celery keeps connections to the old one in these, for as long as it lives.
    current_app._pool = None
    current_app.amqp._producer_pool = None
