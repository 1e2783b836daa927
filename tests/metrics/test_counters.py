"""What services count for Prometheus, each where it happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from celery.signals import (
    task_failure,
    task_postrun,
    task_prerun,
    task_retry,
    task_success,
)
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts import mail_outbox
from phr.accounts.events import MailDue
from phr.archive.models import Export
from phr.archive.worker import MOST_ATTEMPTS, prepare_export
from phr.care.models import PatientProfile
from phr.core import outbox, task_measures
from phr.core.errors import TooMany
from phr.core.models import OutboxEvent
from phr.core.rate_limits import Limit
from phr.core.task_measures import listen
from phr.core.tasks import deliver_event, purge_delivered_events, replay_outbox
from tests.conftest import Api
from tests.factories import ExportFactory, OutboxEventFactory, UserFactory
from tests.mailbox import Mailbox
from tests.metrics.reading import value
from tests.production import NEEDED, run_python
from tests.some_events import NothingHappened

pytestmark = pytest.mark.django_db
LOGIN = "/api/auth/login/"


@contextmanager
def grows(name: str, by: float = 1, **labels: str) -> Iterator[None]:
    before = value(name, **labels)
    yield
    assert value(name, **labels) == before + by


def test_sign_ins_are_counted_by_how_they_end(alice: PatientProfile) -> None:
    body = {"username": alice.user.username, "password": "wrong"}

    with grows("phr_sign_ins_total", 2, outcome="refused"):
        for name in (alice.user.username, "nobody-at-all"):
            APIClient().post(LOGIN, body | {"username": name})


def test_a_password_is_counted_while_it_is_hashed() -> None:
    with grows("phr_hash_seconds_count"), grows("phr_hashing", 0):
        make_password("quite a long sentence 9")


def test_a_limit_that_is_reached_is_counted_by_its_name() -> None:
    limit = Limit("test-of-metrics", 1, timedelta(minutes=1))
    limit.take("somebody")

    with (
        grows("phr_throttled_total", limit="test-of-metrics"),
        pytest.raises(TooMany),
    ):
        limit.take("somebody")


def test_a_ceiling_of_an_account_is_counted_by_its_name(
    api: Api, alice: PatientProfile, settings: Any
) -> None:
    settings.ACCOUNT_ENTRIES_PER_DAY = 1
    record = {
        "record_type": "DIAGNOSIS",
        "title": "Asthma",
        "diagnosis": "Asthma",
        "visit_date": "2026-03-02T09:30:00Z",
    }

    with grows("phr_throttled_total", limit="account:entries-per-day"):
        answers = [api("alice").post("/api/health-records/", record) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 429]


# Loads all of the application, as each process does.
LOADED = """
import django
django.setup()
from django.urls import get_resolver
from prometheus_client import REGISTRY
assert get_resolver().url_patterns
for family in REGISTRY.collect():
    for sample in family.samples:
        if sample.name.startswith("phr_") and sample.name.endswith("_total"):
            assert sample.value == 0, sample
print("counted")
"""


def test_a_process_that_has_only_begun_has_counted_nothing() -> None:
    begun = run_python("-c", LOADED, **NEEDED)

    assert begun.stdout == "counted\n", begun.stderr


def test_lines_of_the_ledger_are_counted_once_they_are_there(
    api: Api,
    dr_bob: Any,
    alices_record: Any,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    action = "health_records.record_opened"
    url = f"/api/health-records/{alices_record.pk}/"

    with (
        grows("phr_ledger_lines_total", action=action),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert api("dr_bob").get(url).status_code == 200
    with grows("phr_ledger_lines_total", 0, action=action), transaction.atomic():
        api("dr_bob").get(url)  # and taken back
        transaction.set_rollback(True)


def test_deliveries_are_counted_by_how_they_end(
    alice: PatientProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = OutboxEventFactory(kind=NothingHappened.kind)
    heard = partial(outbox.deliver, [event.pk], now=timezone.now())

    with grows("phr_outbox_attempts_total", outcome="failed"):
        outbox.note_failure(event.pk, RuntimeError(), now=timezone.now())
    with grows("phr_outbox_attempts_total", outcome="delivered"):
        heard()
    with grows("phr_outbox_attempts_total", 0, outcome="delivered"):
        heard()  # there is nothing left to do


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("250 OK", "sent"), ("451 Later", "not_taken"), ("550 Never", "refused")],
)
def test_mails_are_counted_by_what_has_become_of_them(
    mailbox: Mailbox, answer: str, outcome: str
) -> None:
    mailbox.to_recipient = lambda: answer
    with transaction.atomic():
        mail_outbox.queue_mail(
            user=UserFactory(),
            address="a@example.org",
            kind="accounts.password_changed",
        )
    event = OutboxEvent.objects.get(kind=MailDue.kind)

    with grows("phr_mails_total", outcome=outcome):
        deliver_event(event_id=str(event.pk))


def test_exports_are_counted_when_they_are_ready_or_given_up(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    ready = ExportFactory(patient=alice)
    failing = ExportFactory(patient=carol)
    Export.objects.filter(pk=failing.pk).update(attempts=MOST_ATTEMPTS)

    with grows("phr_exports_total", outcome="ready"):
        prepare_export(ready.pk, at=timezone.now())
    with grows("phr_exports_total", outcome="failed"):
        prepare_export(failing.pk, at=timezone.now())


def test_tasks_are_counted_with_what_they_asked_of_the_database(
    celery_signals: None,
) -> None:
    name = replay_outbox.name

    with (
        grows("phr_tasks_total", task=name, outcome="success"),
        grows("phr_task_seconds_count", task=name),
        # Within the test's transaction there is a savepoint around the one.
        grows("phr_database_statements_total", 3, route=name),
    ):
        replay_outbox.apply()


def test_a_task_that_fails_is_counted(celery_signals: None) -> None:
    name = purge_delivered_events.name

    with (
        patch("phr.core.outbox.purge_delivered", side_effect=LookupError),
        grows("phr_tasks_total", task=name, outcome="failure"),
    ):
        purge_delivered_events.apply()


@pytest.fixture
def celery_signals() -> Iterator[None]:
    """What a worker connects when it starts, for the length of a test."""
    listen()
    yield
    task_prerun.disconnect(task_measures.begin)
    task_postrun.disconnect(task_measures.end)
    task_success.disconnect(task_measures.note_success)
    task_failure.disconnect(task_measures.note_failure)
    task_retry.disconnect(task_measures.note_retry)
