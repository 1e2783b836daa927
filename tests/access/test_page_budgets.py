"""How many queries a page may cost, whatever there is to see on it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from phr.core.ids import uuid7
from tests.access.browsers import browser_of
from tests.access.sending import fill
from tests.conftest import user_of
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


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_costs_few_queries_and_no_more_for_many_rows(
    scene: dict[str, str],
    request: pytest.FixtureRequest,
    alice: Any,
    dr_bob: Any,
    visit: Visit,
) -> None:
    client = browser_of(user_of(request.getfixturevalue(visit.who)))
    path = fill(visit.path, scene)
    client.get(path, headers={"accept": "text/html"})  # notes that it was used today

    few = cost(client, path)
    add_many(alice, dr_bob)
    many = cost(client, path)

    assert many <= MOST
    assert many <= few + 1, "They grow with the rows."
