"""The broker as it really is: what waits in its queue, and how to lose it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from celery import current_app

from dev.valkey import HOST, free_port
from phr.core import counters, pokes

QUEUE = "celery"
PATIENCE = 20  # seconds


def queued_events() -> list[UUID]:
    """The events that workers are asked to deliver, in the order of asking."""
    return [UUID(event_id) for caused_by in messages_sent() for event_id in caused_by]


def messages_sent() -> list[dict[str, str]]:
    """What the messages say, in the order of sending."""
    await_pokes()
    messages = cast(list[bytes], counters.connection().lrange(QUEUE, 0, -1))
    return [caused_by_in(message) for message in reversed(messages)]


def await_pokes() -> None:
    """Wait until every poke of this process has been sent, or has failed."""
    assert pokes.sender.is_done_within(PATIENCE)


def caused_by_in(message: bytes) -> dict[str, str]:
    """Requests by events, as Celery's protocol wraps them."""
    _, arguments, _ = json.loads(base64.b64decode(json.loads(message)["body"]))
    return cast(dict[str, str], arguments["caused_by"])


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
    await_pokes()
    current_app.conf.broker_url = url
    # Celery keeps connections to the old one in these, for as long as it lives.
    current_app._pool = None
    current_app.amqp._producer_pool = None
