"""The ledger cannot be edited, and shares the fate of what it tells."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.grants import end_grant
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from tests.audit.conftest import lines

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


@pytest.fixture
def entry(api, dr_bob, alices_record):
    api("dr_bob").get(f"{RECORDS}{alices_record.pk}/")
    return AccessEntry.objects.get()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_accessentry SET actor_name = 'Somebody else'",
        "UPDATE audit_accessentry SET at = at",
        "DELETE FROM audit_accessentry",
    ],
)
def test_the_database_refuses_to_edit_the_ledger(entry, statement):
    before = lines()

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert lines() == before


def test_the_orm_cannot_edit_it_either(entry):
    entry.actor_name = "Somebody else"

    for change in (entry.save, entry.delete):
        with (
            pytest.raises(DatabaseError, match="Cannot update or delete"),
            transaction.atomic(),
        ):
            change()

    assert AccessEntry.objects.get().actor_name == "Bob Stone"


def leave_no_room_in(table):
    """Every insert fails from now on, in the database; the test's end undoes it."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CHECK (false) NOT VALID")


@pytest.fixture
def _no_room_for_events(db):
    """Every insert into the outbox fails, in the database."""
    leave_no_room_in("core_outboxevent")


@pytest.mark.usefixtures("_no_room_for_events")
def test_without_its_event_there_is_neither_record_nor_line(api, alice):
    client = api("alice")
    client.raise_request_exception = False

    response = client.post(RECORDS, RECORD, format="json")

    assert response.status_code == 500
    assert not HealthRecord.objects.exists()
    assert lines() == []


@pytest.mark.usefixtures("_no_room_for_events")
def test_without_its_event_there_is_neither_comment_nor_line(
    api, dr_bob, alices_record
):
    client = api("dr_bob")
    client.raise_request_exception = False

    response = client.post(f"{RECORDS}{alices_record.pk}/comments/", {"comment": "x"})

    assert response.status_code == 500
    assert not DoctorComment.objects.exists()
    assert lines() == []


@pytest.mark.usefixtures("_no_room_for_events")
def test_without_its_event_a_grant_neither_begins_nor_ends(
    api, alice, carol, dr_dan, bobs_grant
):
    client = api("dr_dan")
    client.raise_request_exception = False

    response = client.post("/api/auth/assign-doctor/", {"patient_id": str(carol.pk)})
    with pytest.raises(DatabaseError), transaction.atomic():
        end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now())

    assert response.status_code == 500
    assert CareGrant.objects.get().status == "ACTIVE"
    assert lines() == []


def test_without_its_line_there_is_no_record_and_no_event(api, alice):
    client = api("alice")
    client.raise_request_exception = False
    leave_no_room_in("audit_accessentry")

    response = client.post(RECORDS, RECORD, format="json")

    assert response.status_code == 500
    assert not HealthRecord.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_what_cannot_be_entered_is_not_shown(api, dr_bob, alices_record):
    client = api("dr_bob")
    client.raise_request_exception = False
    leave_no_room_in("audit_accessentry")

    for path in (RECORDS, f"{RECORDS}{alices_record.pk}/"):
        response = client.get(path)
        assert response.status_code == 500
        assert alices_record.title not in response.content.decode()
