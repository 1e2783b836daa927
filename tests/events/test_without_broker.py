"""With Redis gone, a request that creates something waits for nobody.

Counted in attempts to connect, as a busy machine makes any time long.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from phr.care.models import PatientProfile
from phr.core.models import IdempotencyKey, OutboxEvent
from phr.core.redis_client import SECONDS_BETWEEN_TRIES
from tests.broker import broker_at, closed_address
from tests.conftest import Api

CREATES = 20
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}

Attempt = tuple[int, int]  # thread and port
watchers: list[list[Attempt]] = []  # a hook of the interpreter cannot be taken away


def note_connecting(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        for seen in watchers:
            seen.append((threading.get_ident(), arguments[1][1]))


sys.addaudithook(note_connecting)


@contextmanager
def attempts_to_connect() -> Iterator[list[Attempt]]:
    """Which thread of this process tries to connect to which port."""
    seen: list[Attempt] = []
    watchers.append(seen)
    try:
        yield seen
    finally:
        watchers.remove(seen)


@pytest.mark.django_db(transaction=True)
def test_no_create_asks_the_broker_and_redis_is_tried_once_in_seconds(
    api: Api, alice: PatientProfile, settings: Settings
) -> None:
    client, broker, redis = api("alice"), closed_address(), closed_address()
    settings.REDIS_URL = redis

    with broker_at(broker), attempts_to_connect() as seen:
        began = time.monotonic()
        for number in range(CREATES):
            key = {"Idempotency-Key": f"key-{number}"}
            answer = client.post("/api/health-records/", RECORD, headers=key)
            assert answer.status_code == 201
        took = time.monotonic() - began

    mine = [port for thread, port in seen if thread == threading.get_ident()]
    others = [port for thread, port in seen if thread != threading.get_ident()]
    assert urlsplit(broker).port not in mine
    assert urlsplit(broker).port in others
    assert set(mine) == {urlsplit(redis).port}
    assert len(mine) <= 1 + took / SECONDS_BETWEEN_TRIES
    assert OutboxEvent.objects.filter(delivered_at=None).count() == CREATES
    assert IdempotencyKey.objects.count() == CREATES
