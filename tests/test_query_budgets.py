"""How many queries an answer may cost, whatever the page holds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from phr.core.ids import uuid7
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

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


def fill(alice, dr_bob):
    """A hundred of everything, each with its own people."""
    for n in range(100):
        doctor = DoctorFactory()
        CareGrantFactory(patient=alice, doctor=doctor)
        record = HealthRecordFactory(
            patient=alice, visit_date=MONDAY - timedelta(days=n)
        )
        DoctorCommentFactory(health_record=record, doctor=doctor)
        DoctorCommentFactory(health_record=record, doctor=dr_bob, is_private=True)
        patient = PatientFactory()
        CareGrantFactory(patient=patient, doctor=dr_bob)
        HealthRecordFactory(patient=patient, visit_date=MONDAY + timedelta(days=n + 1))
        NotificationFactory(recipient=alice.user)
        AccessEntryFactory(
            actor_id=dr_bob.user_id,
            patient_id=alice.pk,
            grant_id=uuid7(),
            object_ids=[record.pk],
        )


def cost(client, method, url, body=None, *, status=200):
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(url, body, format="json")
    assert response.status_code == status, response.content
    return len(queries), response


def test_a_page_of_100_costs_no_more_queries_than_one_of_20(api, alice, dr_bob):
    fill(alice, dr_bob)
    patient, doctor = api("alice"), api("dr_bob")
    grant = f"/api/care/grants/{alice.care_grants.get(doctor=dr_bob).pk}/"
    budgets = [
        (patient, "/api/care/grants/", 3),
        (doctor, "/api/care/grants/", 3),
        (patient, f"{grant}preview/", 5),
        (patient, RECORDS, 4),
        (doctor, RECORDS, 4),
        (doctor, f"{RECORDS}my-patients/", 4),
        (patient, "/api/auth/doctors/", 3),
        (patient, "/api/notifications/", 3),
        (patient, "/api/access-log/", 3),
        (doctor, "/api/access-log/", 3),
    ]

    for client, url, budget in budgets:
        costs = set()
        for size in (20, 100):
            count, response = cost(client, "get", url, {"page_size": size})
            assert len(response.json()["results"]) == size
            costs.add(count)
        assert len(costs) == 1, url
        assert max(costs) <= budget, url


@pytest.mark.parametrize(("who", "budget"), [("alice", 3), ("dr_bob", 4)])
@pytest.mark.parametrize("comments", [20, 100])
def test_opening_a_record_costs_the_same_with_any_number_of_comments(
    api, alices_record, dr_bob, who, budget, comments
):
    for _ in range(comments):
        DoctorCommentFactory(health_record=alices_record)

    count, response = cost(api(who), "get", f"{RECORDS}{alices_record.pk}/")

    assert len(response.json()["doctor_comments"]) == comments
    assert count == budget


@pytest.mark.parametrize("records", [20, 100])
def test_creating_a_record_costs_eight_queries_at_the_most(api, alice, dr_bob, records):
    for _ in range(records):
        HealthRecordFactory(patient=alice)

    count, _ = cost(api("alice"), "post", RECORDS, RECORD, status=201)

    assert count <= 8


def test_an_explanation_and_a_preview_of_terms_cost_five_queries_at_the_most(
    api, alice, dr_bob
):
    fill(alice, dr_bob)
    patient, record = api("alice"), alice.health_records.first()
    question = {"doctor": str(dr_bob.pk), "record": str(record.pk)}

    explaining, _ = cost(patient, "get", "/api/care/explain/", question)
    previewing, _ = cost(
        patient, "post", "/api/care/grants/preview/", {"doctor_id": str(dr_bob.pk)}
    )

    assert explaining <= 5
    assert previewing <= 5


@pytest.mark.parametrize("verb", ["accept", "decline", "end"])
def test_a_step_of_a_grant_costs_the_same_with_any_number_of_grants(api, alice, verb):
    costs = set()
    for doctor in (DoctorFactory(), DoctorFactory()):
        grant = CareGrantFactory(patient=alice, doctor=doctor, pending=True)
        count, _ = cost(
            api("alice"), "post", f"/api/care/grants/{grant.pk}/{verb}/", {}
        )
        costs.add(count)
        for _ in range(50):
            CareGrantFactory(patient=alice)

    assert len(costs) == 1
