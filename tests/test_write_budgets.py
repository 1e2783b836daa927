"""How many statements a write costs, BEGIN and COMMIT counted.

A server sends these, and one more: the check of a connection that comes from before.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from tests.conftest import Api
from tests.factories import (
    PASSWORD,
    CareGrantFactory,
    DoctorCommentFactory,
    HealthRecordFactory,
    NotificationFactory,
)

RECORDS = "/api/health-records/"
LOGIN = "/api/auth/login/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
# Without a transaction around the test, BEGIN and COMMIT are those of a request.
pytestmark = pytest.mark.django_db(transaction=True)


def statements(
    client: APIClient, method: str, url: str, body: object = None
) -> list[str]:
    """What a request that succeeds sends to PostgreSQL, by first words."""
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(url, body, format="json")
    assert response.status_code < 300, response.content
    return [query["sql"].split(maxsplit=1)[0] for query in queries]


@pytest.mark.parametrize("before", [0, 30])
def test_creating_a_record_costs_seven_statements_and_one_commit(
    api: Api, alice: PatientProfile, before: int
) -> None:
    HealthRecordFactory.create_batch(before, patient=alice)
    for record in alice.health_records.all():
        DoctorCommentFactory(health_record=record)
    for _ in range(before):
        CareGrantFactory(patient=alice)

    sent = statements(api("alice"), "post", RECORDS, RECORD)

    # The session; what the account keeps; the record, its line, and its event.
    assert sent == ["SELECT", "BEGIN", *["INSERT"] * 4, "COMMIT"]


@pytest.mark.parametrize(
    ("method", "body", "budget"),
    [("patch", {"title": "Late"}, 9), ("delete", None, 8)],
)
def test_a_change_of_a_record_is_one_transaction(
    api: Api,
    alices_record: HealthRecord,
    method: str,
    body: dict[str, str] | None,
    budget: int,
) -> None:
    sent = statements(api("alice"), method, f"{RECORDS}{alices_record.pk}/", body)

    assert len(sent) <= budget
    assert (sent.count("BEGIN"), sent.count("COMMIT")) == (1, 1)


def test_a_comment_costs_twelve_statements_in_one_transaction(
    api: Api, dr_bob: DoctorProfile, alices_record: HealthRecord
) -> None:
    url = f"{RECORDS}{alices_record.pk}/comments/"

    sent = statements(api("dr_bob"), "post", url, {"comment": "Rest it."})

    assert len(sent) <= 12
    assert (sent.count("BEGIN"), sent.count("COMMIT")) == (1, 1)


def test_marking_one_notification_costs_the_session_and_one_statement(
    api: Api, alice: PatientProfile
) -> None:
    line = NotificationFactory(recipient=alice.user)

    sent = statements(api("alice"), "post", f"/api/notifications/{line.pk}/read/")

    assert sent == ["SELECT", "UPDATE"]


def test_marking_all_of_an_empty_inbox_changes_nothing(
    api: Api, alice: PatientProfile
) -> None:
    sent = statements(api("alice"), "post", "/api/notifications/mark-all-read/")

    assert sent == ["SELECT", "BEGIN", "SELECT", "COMMIT"]


def test_a_doctors_page_of_many_patients_adds_one_statement_for_the_ledger(
    api: Api, dr_bob: DoctorProfile
) -> None:
    for _ in range(20):
        grant = CareGrantFactory(doctor=dr_bob)
        HealthRecordFactory(patient=grant.patient)

    sent = statements(api("dr_bob"), "get", RECORDS)

    assert sent.count("INSERT") == 1
    assert "BEGIN" not in sent


def test_signing_in_costs_the_same_after_any_number_of_sign_ins(
    api: Api, alice: PatientProfile
) -> None:
    body, client = {"username": "alice", "password": PASSWORD}, api("nobody")

    costs = {len(statements(client, "post", LOGIN, body)) for _ in range(5)}

    assert max(costs) <= 14
    assert len(costs) <= 2  # the first one has no sign-in before it
