"""Workers: what they do at once, what is left when they die, what they give up."""

import io
from datetime import timedelta
from functools import partial
from zipfile import ZipFile

import pytest
import redis
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.celery_settings import beat_schedule
from phr.archive import progress, tasks, worker
from phr.archive.contents.account import account_part
from phr.archive.contents.care import care_part
from phr.archive.models import Export, ExportPiece
from phr.core.models import OutboxEvent
from phr.health_records.models import HealthRecord
from tests.archive.conftest import EXPORTS, part_of, work
from tests.at_once import all_at_once
from tests.broker import broker_at, closed_address, messages_sent
from tests.factories import ExportFactory

ACCOUNT = "phr.archive.writer.account_part"
CARE = "phr.archive.writer.care_part"


def url_of(export) -> str:
    return f"{EXPORTS}{export.pk}/"


def test_a_killed_worker_leaves_the_export_to_the_next(monkeypatch, api, alice):
    export = ExportFactory(user=alice.user)

    def die(*args, **options):
        raise SystemExit

    monkeypatch.setattr("phr.core.events.emit", die)
    with pytest.raises(SystemExit):
        worker.prepare_export(export.pk, at=timezone.now())
    assert ExportPiece.objects.count() == 0
    assert Export.objects.get().status == "PENDING"
    monkeypatch.undo()

    tasks.prepare_export(export_id=str(export.pk))

    assert Export.objects.get().status == "READY"


def test_what_fails_again_and_again_is_given_up(monkeypatch, alice):
    export = ExportFactory(user=alice.user)
    monkeypatch.setattr(ACCOUNT, None)
    for _ in range(worker.MOST_ATTEMPTS):
        tasks.prepare_export(export_id=str(export.pk))
        assert Export.objects.get().status == "PENDING"

    tasks.prepare_export(export_id=str(export.pk))

    assert Export.objects.get().status == "FAILED"
    monkeypatch.undo()
    tasks.prepare_export(export_id=str(export.pk))
    assert Export.objects.get().status == "FAILED"


@pytest.mark.django_db(transaction=True)
def test_a_requested_export_is_queued_at_once(api, alice, deliver):
    asked = api("alice").post(EXPORTS).json()

    deliver()

    assert {"export_id": asked["id"]} in messages_sent()


@pytest.mark.django_db(transaction=True)
def test_an_export_is_requested_and_announced_while_the_broker_is_away(
    api, alice, deliver
):
    client = api("alice")

    with broker_at(closed_address()):
        assert client.post(EXPORTS).status_code == 202
        deliver()

    assert alice.user.notifications.filter(notification_type="SECURITY").exists()
    later = timezone.now() + timedelta(minutes=2)
    assert len(worker.take_due_exports(at=later)) == 1


def test_beat_takes_up_what_was_forgotten_and_not_all_the_time(alice, carol):
    ExportFactory(user=alice.user)
    later = timezone.now() + timedelta(hours=1)
    ExportFactory(user=carol.user, next_attempt_at=later)

    assert [tasks.look_after_exports() for _ in range(2)] == [1, 0]
    entry = beat_schedule["look-after-exports"]
    assert entry["task"] == tasks.look_after_exports.name


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_prepare_once(alice, alices_record):
    export = ExportFactory(user=alice.user)
    call = partial(worker.prepare_export, export.pk, at=timezone.now())

    assert sorted(all_at_once([call] * 4)) == [False, False, False, True]

    events = OutboxEvent.objects.filter(kind="archive.export_ready")
    assert events.count() == 1
    assert ExportPiece.objects.values("number").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_begin_one(api, alice):
    clients = [api("alice") for _ in range(4)]

    answers = all_at_once([partial(client.post, EXPORTS) for client in clients])

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 202]
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.django_db(transaction=True)
def test_an_export_is_of_one_moment(monkeypatch, alice, alices_record):
    """While it is written another connection changes what is still to be read."""
    export = ExportFactory(user=alice.user)

    def change_meanwhile(user, records):
        part = care_part(user, records)
        all_at_once([lambda: HealthRecord.objects.update(title="Later", version=2)])
        return part

    monkeypatch.setattr(CARE, change_meanwhile)

    assert worker.prepare_export(export.pk, at=timezone.now())

    data = b"".join(bytes(p.data) for p in ExportPiece.objects.order_by("number"))
    (record,) = part_of(ZipFile(io.BytesIO(data)), "records-0001")["records"]
    assert (record["title"], record["version"]) == ("Knee pain after a fall", 1)
    assert record["versions"] == []
    assert HealthRecord.objects.get().title == "Later"


def test_progress_is_seen_while_it_is_prepared(monkeypatch, api, alice):
    client = api("alice")
    export = ExportFactory(user=alice.user)
    seen = []

    def look(user, database):
        seen.append(client.get(url_of(export)).json())
        return account_part(user, database)

    monkeypatch.setattr(ACCOUNT, look)
    work()

    assert [each["status"] for each in seen] == ["PREPARING"]
    assert client.get(url_of(export)).json()["status"] == "READY"


def test_without_redis_an_export_is_made_all_the_same(monkeypatch, alice):
    export = ExportFactory(user=alice.user)
    nowhere = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(progress, "connection", lambda: nowhere)

    assert worker.prepare_export(export.pk, at=timezone.now())
    assert progress.percent_of(export.pk) is None
