"""What Prometheus is told of PostgreSQL and Redis, and that nobody waits for it."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.core import Metric

from phr.archive.gauges import exports
from phr.archive.progress import Progress
from phr.audit.gauges import sealing
from phr.audit.seals import seal_ledger
from phr.care.models import PatientProfile
from phr.core import gauges, heartbeat, leases, worker_heartbeats
from phr.core.asked_metrics import gauge
from phr.core.outbox import PUT_OFF
from phr.core.queues import Queue
from phr.core.redis_client import connection
from server import asked_gauges
from server.asked_gauges import AskedGauges
from tests.factories import AccessEntryFactory, ExportFactory, OutboxEventFactory


def values(metrics: Iterable[Metric]) -> dict[str, float]:
    """By name, and by the value of the label if there is one."""
    return {
        "/".join((sample.name, *sample.labels.values())): sample.value
        for metric in metrics
        for sample in metric.samples
    }


def test_the_outbox_tells_what_waits_and_for_how_long(db: None) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    OutboxEventFactory(queue=Queue.MAIL, created_at=now - hour, next_attempt_at=now)
    OutboxEventFactory(
        queue=Queue.MAIL,
        created_at=now - 5 * hour,
        next_attempt_at=now + hour,
        last_error=PUT_OFF,
    )
    OutboxEventFactory(
        queue=Queue.URGENT,
        created_at=now - 9 * hour,
        attempts=7,
        last_error="builtins.LookupError",
        next_attempt_at=now - 2 * hour,
    )

    OutboxEventFactory(
        queue=Queue.MAIL,
        created_at=now - 50 * hour,
        next_attempt_at=now - 40 * hour,
        attempts=100,
        set_aside_at=now - 40 * hour,
    )

    told = values(gauges.waiting_events()) | values(gauges.events_set_aside())

    assert told["phr_outbox_waiting/mail"] == 2
    assert told["phr_outbox_put_off/mail"] == 1
    assert told["phr_outbox_set_aside/mail"] == 1
    assert told["phr_outbox_set_aside/urgent"] == 0
    assert told["phr_outbox_lag_seconds/mail"] == pytest.approx(3_600, abs=60)
    assert told["phr_outbox_lag_seconds/urgent"] == pytest.approx(7_200, abs=60)
    assert told["phr_outbox_failing/urgent"] == 1
    assert told["phr_outbox_most_attempts/urgent"] == 7
    assert told["phr_outbox_waiting/celery"] == 0


def test_the_ledger_tells_how_far_sealing_is_behind(db: None) -> None:
    AccessEntryFactory.create_batch(3, at=timezone.now() - timedelta(minutes=20))

    behind = values(sealing())
    seal_ledger(at=timezone.now(), patience=timedelta(0))
    sealed = values(sealing())

    assert behind["phr_ledger_unsealed_lines"] == 3
    assert behind["phr_ledger_sealing_lag_seconds"] == pytest.approx(1_200, abs=60)
    assert set(sealed.values()) == {0}


def test_exports_tell_what_waits_and_what_runs(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    ExportFactory(patient=alice)
    Progress(ExportFactory(patient=carol).pk)

    told = values(exports())

    assert told == {
        "phr_exports_under_way/waiting": 1,
        "phr_exports_under_way/running": 1,
    }


def test_redis_tells_of_queues_workers_and_beats() -> None:
    now = time.time()
    worker_heartbeats.note_worker("mail@here", {"mail": 1, "urgent_mail": 1}, at=now)
    worker_heartbeats.note_worker("long@here", ["long"], at=now - 61)
    connection().rpush("urgent", "message")
    heartbeat.note_tick(now - 20)

    told = values([*gauges.queues(), *gauges.last_tick_of_beat()])

    assert told["phr_workers_alive/mail"] == told["phr_workers_alive/urgent_mail"] == 1
    assert told["phr_workers_alive/long"] == told["phr_workers_alive/sealing"] == 0
    assert told["phr_queue_length/urgent"] == 1
    assert told["phr_beat_last_tick_seconds"] == pytest.approx(20, abs=2)


def test_the_host_whose_beat_leads_is_told_until_its_lease_ends(db: None) -> None:
    assert values(gauges.who_leads()) == {}

    leases.take(leases.BEAT, "here:12:ab", seconds=60)
    assert values(gauges.who_leads()) == {"phr_beat_leads/here": 1}

    leases.take(leases.BEAT, "here:12:ab", seconds=0)
    assert values(gauges.who_leads()) == {"phr_beat_leads/here": 0}


def test_what_does_not_answer_is_named_and_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asked_gauges, "SECONDS_TO_WAIT", 0.1)
    asked = []

    def hang() -> Iterator[Metric]:
        asked.append(time.monotonic())
        time.sleep(0.5)
        yield gauge("phr_x", "X.", "x", {})

    monkeypatch.setattr(asked_gauges, "questions", {"redis": [hang]})
    collector = AskedGauges()

    began = time.monotonic()
    first = values(collector.collect())
    second = values(collector.collect())

    assert time.monotonic() - began < 0.4
    assert first == second == {"phr_source_up/redis": 0}
    assert collector.thread is not None
    collector.thread.join()
    assert values(collector.collect()) == {"phr_source_up/redis": 1}
    assert len(asked) == 1  # however often it was fetched


def test_a_server_that_is_gone_takes_nothing_else_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> Iterator[Metric]:
        raise OSError

    def answer() -> Iterator[Metric]:
        yield gauge("phr_x", "X.", "x", {"a": 3})

    broken = {"database": [answer], "redis": [refuse]}
    monkeypatch.setattr(asked_gauges, "questions", broken)
    monkeypatch.setattr(asked_gauges, "ask_database", lambda: list(answer()))

    assert values(AskedGauges().collect()) == {
        "phr_source_up/database": 1,
        "phr_source_up/redis": 0,
        "phr_x/a": 3,
    }


@pytest.mark.django_db(transaction=True)
def test_the_database_is_asked_for_everything_on_a_connection_of_its_own() -> None:
    told = values(AskedGauges().collect())

    assert told["phr_source_up/database"] == told["phr_source_up/redis"] == 1
    assert told["phr_database_connections_most"] >= 10
    assert told["phr_database_connections/active"] >= 0
    assert told["phr_database_oldest_transaction_seconds"] >= 0
