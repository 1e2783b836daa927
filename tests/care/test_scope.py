"""What a grant opens is the same wherever a doctor looks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from phr.care.choices import GrantStatus, RecordType
from phr.notifications.models import Notification
from tests.factories import MONDAY, CareGrantFactory, HealthRecordFactory

RECORDS = "/api/health-records/"
SECOND = timedelta(seconds=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

# One record of each kind: its title, its type and the time of its visit.
HISTORY = {
    "old check-up": (RecordType.CHECKUP, NEW_YEAR - timedelta(days=400)),
    "late check-up": (RecordType.CHECKUP, NEW_YEAR - SECOND),
    "new year's check-up": (RecordType.CHECKUP, NEW_YEAR),
    "old lab result": (RecordType.LAB_RESULT, NEW_YEAR - timedelta(days=1)),
    "new lab result": (RecordType.LAB_RESULT, MONDAY),
    "new emergency": (RecordType.EMERGENCY, MONDAY),
}
EVERYTHING = set(HISTORY)
LABS, EMERGENCY = RecordType.LAB_RESULT, RecordType.EMERGENCY
SINCE_NEW_YEAR = {"new year's check-up", "new lab result", "new emergency"}

# A grant, and the records that it opens.
GRANTS: dict[str, tuple[dict[str, Any], set[str] | None]] = {
    "without bounds": ({}, EVERYTHING),
    "for labs": ({"record_types": [LABS]}, {"old lab result", "new lab result"}),
    "for two types": (
        {"record_types": [LABS, EMERGENCY]},
        {"old lab result", "new lab result", "new emergency"},
    ),
    "since new year": ({"records_since": date(2026, 1, 1)}, SINCE_NEW_YEAR),
    "for labs since new year": (
        {"record_types": [LABS], "records_since": date(2026, 1, 1)},
        {"new lab result"},
    ),
    "for a type without records": ({"record_types": [RecordType.DIAGNOSIS]}, set()),
    "since tomorrow": ({"records_since": date(2100, 1, 1)}, set()),
    "until next year": (
        {"expires_at": timezone.now() + timedelta(days=365)},
        EVERYTHING,
    ),
    "pending": ({"pending": True}, None),
    "declined": ({"declined": True}, None),
    "ended": ({"ended": True}, None),
    "expired": ({"expired": True}, None),
    "expired, though primary": ({"expired": True, "primary": True}, None),
    "from tomorrow on": ({"starts_at": timezone.now() + timedelta(days=1)}, None),
}


@pytest.fixture
def history(alice, carol):
    """Alice's records by title, beside some of Carol's that nobody may find."""
    for record_type, visit_date in HISTORY.values():
        HealthRecordFactory(
            patient=carol, record_type=record_type, visit_date=visit_date
        )
    return {
        title: HealthRecordFactory(
            patient=alice, title=title, record_type=record_type, visit_date=visit_date
        )
        for title, (record_type, visit_date) in HISTORY.items()
    }


def titles(response):
    assert response.status_code == 200
    return {record["title"] for record in response.json()["results"]}


@pytest.mark.parametrize("grant", GRANTS)
def test_list_search_open_count_and_comment_agree(api, alice, dr_dan, history, grant):
    values, opened = GRANTS[grant]
    CareGrantFactory(patient=alice, doctor=dr_dan, **values)
    client, visible = api("dr_dan"), opened or set()

    assert titles(client.get(RECORDS)) == visible
    assert titles(client.get(RECORDS, {"patient": str(alice.pk)})) == visible
    assert titles(client.get(RECORDS, {"search": "CHECK"})) == {
        title for title in visible if "check" in title
    }
    for title, record in history.items():
        status, created = (200, 201) if title in visible else (404, 404)
        url = f"{RECORDS}{record.pk}/"
        body = {"comment": "Noted."}
        assert client.get(url).status_code == status
        assert client.get(f"{url}comments/").status_code == status
        assert client.post(f"{url}comments/", body).status_code == created


@pytest.mark.parametrize("grant", GRANTS)
def test_a_doctor_counts_what_the_grant_opens(api, alice, dr_dan, history, grant):
    values, opened = GRANTS[grant]
    CareGrantFactory(patient=alice, doctor=dr_dan, **values)

    patients = api("dr_dan").get(f"{RECORDS}my-patients/").json()["results"]

    if opened is None:
        assert patients == []
    else:
        visits = [HISTORY[title][1] for title in opened]
        last = f"{max(visits):%Y-%m-%dT%H:%M:%SZ}" if visits else None
        assert [row["id"] for row in patients] == [str(alice.pk)]
        assert patients[0]["total_records"] == len(opened)
        assert patients[0]["last_visit"] == last


def test_a_record_that_moves_out_of_scope_is_out_of_sight(api, alice, dr_fay):
    record = HealthRecordFactory(patient=alice, record_type=RecordType.PRESCRIPTION)
    url, doctor = f"{RECORDS}{record.pk}/", api("dr_fay")
    assert doctor.get(url).status_code == 200

    api("alice").patch(url, {"record_type": "DIAGNOSIS"}, format="json")

    assert doctor.get(url).status_code == 404
    assert titles(doctor.get(RECORDS)) == set()


def test_two_patients_grants_open_each_their_own(api, alice, carol, dr_dan, history):
    CareGrantFactory(patient=alice, doctor=dr_dan, record_types=[EMERGENCY])
    CareGrantFactory(patient=carol, doctor=dr_dan, record_types=[RecordType.DIAGNOSIS])

    assert titles(api("dr_dan").get(RECORDS)) == {"new emergency"}


def test_a_grant_expires_in_that_second_without_a_job(api, bobs_grant, alices_record):
    doctor, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/"
    bobs_grant.expires_at = timezone.now() + timedelta(minutes=1)
    bobs_grant.save()
    assert doctor.get(url).status_code == 200

    bobs_grant.expires_at = timezone.now() - timedelta(milliseconds=1)
    bobs_grant.save()

    assert doctor.get(url).status_code == 404
    assert titles(doctor.get(RECORDS)) == set()
    bobs_grant.refresh_from_db()
    assert bobs_grant.status == GrantStatus.ACTIVE  # no job has touched it


def test_an_expired_primary_doctor_is_not_shown_as_the_patients(api, alice, bobs_grant):
    client = api("alice")
    assert client.get("/api/auth/profile/").json()["assigned_doctor"] is not None

    bobs_grant.expires_at = timezone.now() - SECOND
    bobs_grant.save()

    assert client.get("/api/auth/profile/").json()["assigned_doctor"] is None


def test_the_day_of_a_grant_is_compared_where_the_visit_was(
    api, alice, dr_dan, deliver
):
    """In UTC the evening of the 9th in Denver is the 10th, on Tonga the other way."""
    patient, doctor = api("alice"), api("dr_dan")
    grant = CareGrantFactory(
        patient=alice, doctor=dr_dan, records_since=date(2026, 3, 10)
    )
    visits = {
        "evening in Denver": "2026-03-09T23:30:00-07:00",
        "morning on Tonga": "2026-03-10T00:30:00+13:00",
    }
    ids = {}
    for title, time in visits.items():
        body = {"record_type": "CHECKUP", "title": title, "visit_date": time}
        made = patient.post(RECORDS, body, format="json").json()
        ids[title] = made["id"]
    deliver()

    (closed, opened) = ids.values()
    assert titles(doctor.get(RECORDS)) == {"morning on Tonga"}
    assert titles(doctor.get(RECORDS, {"search": "on Tonga"})) == {"morning on Tonga"}
    assert titles(doctor.get(RECORDS, {"search": "Denver"})) == set()
    for record, status in ((closed, 404), (opened, 200)):
        url = f"{RECORDS}{record}/"
        assert doctor.get(url).status_code == status
        assert doctor.get(f"{url}history/").status_code == status
        written = doctor.post(f"{url}comments/", {"comment": "Noted."}).status_code
        assert written == (201 if status == 200 else 404)
    (row,) = doctor.get(f"{RECORDS}my-patients/").json()["results"]
    assert (row["total_records"], row["last_visit"]) == (1, visits["morning on Tonga"])
    preview = patient.get(f"/api/care/grants/{grant.pk}/preview/").json()
    assert (preview["visible"], preview["hidden"]["earlier_visits"]) == (1, 1)
    (shown,) = preview["results"]
    assert shown["visit_date"] == visits["morning on Tonga"]
    assert Notification.objects.filter(recipient=dr_dan.user).count() == 1
    for record, code in ((closed, "earlier_visit"), (opened, "covered")):
        asked = {"doctor": str(dr_dan.pk), "record": record}
        assert patient.get("/api/care/explain/", asked).json()["code"] == code
