"""How many queries a page may cost, whatever there is to see on it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.ids import uuid7
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification
from tests.access.sending import fill
from tests.every_page import PAGES, Visit
from tests.factories import (
    MONDAY,
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    HealthRecordFactory,
    NotificationFactory,
    PatientFactory,
)

MOST = 8
MANY = 25  # more than there are on a page
# Of which there are many then, those first that others point to.
MODELS = (
    *(User, PatientProfile, DoctorProfile, CareGrant),
    *(HealthRecord, DoctorComment, Notification, AccessEntry),
)
# Begun with the session or the form: what everybody pays who is signed in.
VISITS = [visit for visit in sorted(PAGES) if visit.who in ("alice", "dr_bob", "sam")]


def cost(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers={"accept": "text/html"})
    assert response.status_code < 400
    return len(queries)


def add_many(alice: Any, dr_bob: Any) -> None:
    record = alice.health_records.filter(deleted_at=None).first()
    for n in range(MANY):
        doctor = DoctorFactory()
        CareGrantFactory(patient=alice, doctor=doctor)
        CareGrantFactory(patient=alice, doctor=DoctorFactory(), pending=True)
        CareGrantFactory(patient=alice, doctor=DoctorFactory(), ended=True)
        HealthRecordFactory(patient=alice, visit_date=MONDAY - timedelta(days=n))
        DoctorCommentFactory(health_record=record, doctor=doctor)
        patient = PatientFactory()
        CareGrantFactory(patient=patient, doctor=dr_bob)
        HealthRecordFactory(patient=patient)
        for user in (alice.user, dr_bob.user):
            NotificationFactory(recipient=user)
        AccessEntryFactory(
            actor_id=dr_bob.user_id,
            patient_id=alice.pk,
            grant_id=uuid7(),
            object_ids=[record.pk],
        )


@pytest.fixture(scope="module")
def many_rows(whole_scene: dict[str, Any], django_db_blocker: Any) -> list[Any]:
    """What `add_many` adds, for tests to enter: made one by one it takes a second."""
    with django_db_blocker.unblock(), transaction.atomic():
        before = {model: pks_of(model) for model in MODELS}
        add_many(whole_scene["alice"], whole_scene["dr_bob"])
        rows = [
            row
            for model in MODELS
            for row in model._default_manager.exclude(pk__in=before[model])
        ]
        transaction.set_rollback(True)
    return rows


def pks_of(model: Any) -> list[Any]:
    return list(model._default_manager.values_list("pk", flat=True))


def enter(rows: list[Any]) -> None:
    for model, of_one in groupby(rows, type):
        model._default_manager.bulk_create(of_one)  # type: ignore[attr-defined] # of any


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_costs_few_queries_and_no_more_for_many_rows(
    scene: dict[str, str],
    browser: Callable[[str], Client],
    many_rows: list[Any],
    visit: Visit,
) -> None:
    client = browser(visit.who)
    path = fill(visit.path, scene)
    client.get(path, headers={"accept": "text/html"})  # notes that it was used today

    few = cost(client, path)
    enter(many_rows)
    many = cost(client, path)

    assert many <= MOST
    assert many <= few + 1, "They grow with the rows."
