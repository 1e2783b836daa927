"""What is kept for a while is purged after it, by settings; the ledger never is."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pydantic import ValidationError
from pytest_django import Settings

from config import celery_settings
from config.environment import DevelopmentEnvironment, Environment
from phr.accounts import mail_outbox, tasks
from phr.accounts.models import LoginSession, Mail
from phr.archive import tasks as archive_tasks
from phr.archive.models import Export, ExportPiece, ExportStatus
from phr.audit.models import AccessEntry
from phr.care.models import PatientProfile
from phr.core.ids import first_id_of, uuid7
from phr.core.models import OutboxEvent
from phr.core.tasks import purge_delivered_events
from phr.identity.sign_in import start_session
from tests.conftest import Api
from tests.factories import OutboxEventFactory
from tests.some_events import ThingHappened

DAY = timedelta(days=1)
SETTINGS = [name for name in Environment.model_fields if name.startswith("retain_")]
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def mail_of(days_ago: float, **state: object) -> Mail:
    with time_machine.travel(timezone.now() - days_ago * DAY, tick=False):
        return Mail.objects.create(address="alice@example.org", kind="x.y", **state)


def test_mails_that_left_or_were_given_up_go_and_those_that_wait_stay(
    db: None, settings: Settings
) -> None:
    settings.RETAIN_MAILS = 30 * DAY
    now = timezone.now()
    long_ago, lately = now - 31 * DAY, now - 29 * DAY
    kept = {mail_of(400)}
    for state in ("sent_at", "refused_at", "dropped_at"):
        mail_of(400, **{state: long_ago})
        # Put off for long, it still counts for what its mailbox may get.
        kept.add(mail_of(400, **{state: lately}))
    kept.add(mail_of(400, refused_at=long_ago, sent_at=lately))

    tasks.purge_settled_mails()

    assert set(Mail.objects.all()) == kept


def test_mails_are_purged_in_batches(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ROWS_PER_BATCH", 2)
    monkeypatch.setattr(tasks, "MOST_BATCHES_PER_RUN", 2)
    for days in range(100, 105):
        mail_of(days, sent_at=timezone.now() - days * DAY)

    tasks.purge_settled_mails()
    assert Mail.objects.count() == 1
    assert mail_outbox.purge_settled(at=timezone.now(), at_most=2) == 1


def test_sign_ins_and_events_are_kept_as_long_as_the_settings_say(
    alice: PatientProfile, settings: Settings
) -> None:
    settings.RETAIN_SIGN_INS, settings.RETAIN_EVENTS = 3 * DAY, 2 * DAY
    for days in (5, 4, 1):
        with time_machine.travel(timezone.now() - days * DAY, tick=False):
            start_session(user=alice.user, at=timezone.now())
            OutboxEventFactory(kind=ThingHappened.kind, delivered_at=timezone.now())

    tasks.purge_ended_sessions()
    purge_delivered_events()

    assert LoginSession.objects.count() == 1
    assert OutboxEvent.objects.exclude(delivered_at=None).count() == 1


def test_an_export_is_kept_as_long_as_the_settings_say_and_then_its_row(
    alice: PatientProfile, api: Api, settings: Settings
) -> None:
    settings.RETAIN_EXPORTS, settings.RETAIN_EXPORT_ROWS = timedelta(hours=2), 10 * DAY
    now = timezone.now()
    api("alice").post("/api/account/export/")
    archive_tasks.prepare_export(export_id=str(Export.objects.get().pk))
    lines = AccessEntry.objects.count()

    for hours, left in ((1, (1, True)), (3, (1, False)), (11 * 24, (0, False))):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            archive_tasks.look_after_exports()
        assert (Export.objects.count(), ExportPiece.objects.exists()) == left

    assert AccessEntry.objects.count() >= lines > 0


def test_an_export_that_is_under_way_stays(
    alice: PatientProfile, settings: Settings
) -> None:
    old = timezone.now() - 1_000 * DAY
    with time_machine.travel(old, tick=False):
        Export.objects.create(user=alice.user)
    archive_tasks.look_after_exports()

    assert Export.objects.get().status == ExportStatus.PENDING


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", ["0", "-1", "100000", "x", ""])
def test_nothing_is_kept_for_ever_or_not_at_all(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        DevelopmentEnvironment.model_validate(
            {
                "database_url": "postgresql://h/d",
                "redis_url": "redis://h",
                name: value,
            }
        )


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_stands_beside_the_law_that_is_behind_it(name: str) -> None:
    rows = [
        line
        for line in OPERATIONS.read_text().splitlines()
        if f"| `{name.upper()}` |" in line
    ]

    (row,) = rows
    assert "GDPR Art. " in row


def test_no_task_of_beat_purges_the_ledger() -> None:
    purges = [name for name in celery_settings.beat_schedule if "purge" in name]

    assert len(purges) == 4
    assert not any("ledger" in name or "audit" in name for name in purges)


def test_the_first_id_of_a_moment_is_less_than_those_made_after_it() -> None:
    before = uuid7()
    assert (
        first_id_of(timezone.now() - DAY) < before < first_id_of(timezone.now() + DAY)
    )
