"""What is told of the newest seal, outside of the database."""

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from structlog.testing import capture_logs

from config.celery_settings import beat_schedule
from phr.audit import latest_seal
from phr.audit.latest_seal import NotedSeal, noted_seal
from phr.audit.models import LedgerSeal
from phr.audit.tasks import seal_ledger
from phr.core import redis_client
from tests.audit.ledgers import (
    add_lines,
    found,
    seal,
    tamper,
)

pytestmark = pytest.mark.usefixtures("small_seals")


def test_the_newest_seal_is_logged_and_kept_outside(db):
    add_lines(6)

    with capture_logs() as logged:
        seal()
        seal()

    newest = LedgerSeal.objects.get(number=2)
    assert noted_seal() == NotedSeal(2, bytes(newest.hash))
    assert [line for line in logged if line["event"] == "ledger_sealed"] == [
        {
            "event": "ledger_sealed",
            "log_level": "info",
            "number": 2,
            "last_position": newest.last_position,
            "hash": bytes(newest.hash).hex(),
        }
    ]


def test_the_kept_head_never_goes_back(db):
    add_lines(6)
    seal()

    latest_seal.remember(LedgerSeal.objects.get(number=1))

    newest = LedgerSeal.objects.get(number=2)
    assert noted_seal() == NotedSeal(2, bytes(newest.hash))


def test_a_head_that_was_lost_is_kept_again_at_the_next_run(db):
    add_lines(1)
    seal()
    head = noted_seal()
    redis_client.connection().flushdb()
    assert noted_seal() is None

    assert seal() == 0

    assert noted_seal() == head


def test_without_redis_the_ledger_is_sealed_all_the_same(db, monkeypatch):
    gone = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(latest_seal, "connection", lambda: gone)
    add_lines(5)

    with capture_logs() as logged:
        assert seal() == 5

    assert found() is None
    assert {"ledger_sealed", "ledger_head_not_kept"} <= {
        line["event"] for line in logged
    }


def test_a_head_whose_seal_is_gone_stays_and_is_reported(db):
    add_lines(6)
    seal()
    head = noted_seal()
    tamper("DELETE FROM audit_ledgerseal WHERE number = 2")
    add_lines(8)

    with capture_logs() as logged:
        seal()

    assert LedgerSeal.objects.count() > 2
    assert noted_seal() == head
    assert [line["number"] for line in logged if line["log_level"] == "error"] == [2]


def test_beat_seals_the_ledger(db):
    entry = beat_schedule["seal-ledger"]
    add_lines(1)

    assert entry["task"] == seal_ledger.name
    assert entry["schedule"] == 60.0
    seal_ledger()
    assert LedgerSeal.objects.count() == 1
