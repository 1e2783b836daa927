"""Keeping health records, through HTTP."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from phr.core.ids import uuid7
from phr.health_records.models import TEXTS, HealthRecord
from tests.factories import DoctorCommentFactory, HealthRecordFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
KNEE = {
    "record_type": "DIAGNOSIS",
    "title": "Knee pain after a fall",
    "description": "Fell on the stairs.\nTwo days ago.",
    "symptoms": "Swelling",
    "diagnosis": "Sprain",
    "treatment": "Rest",
    "medications": "Ibuprofen 400 mg",
    "visit_date": "2026-03-02T10:30:00+01:00",
}
FIELDS = {
    *KNEE,
    "id",
    "patient",
    "created_by",
    "version",
    "created_at",
    "updated_at",
    "doctor_comments",
}


def url_of(record):
    return f"{RECORDS}{record.pk}/"


def test_a_patient_creates_a_record_and_reads_the_same_again(api, alice):
    client = api("alice")

    created = client.post(RECORDS, KNEE, format="json")

    body = created.json()
    assert created.status_code == 201
    assert body.keys() == FIELDS
    assert body == KNEE | {
        "id": body["id"],
        "patient": str(alice.pk),
        "created_by": {
            "id": str(alice.user_id),
            "username": "alice",
            "email": alice.user.email,
            "first_name": "Alice",
            "last_name": "Moreau",
            "user_type": "PATIENT",
        },
        "version": 1,
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
        "doctor_comments": [],
    }
    assert created.headers["Location"] == (
        f"https://records.example.org{RECORDS}{body['id']}/"
    )
    assert client.get(created.headers["Location"]).json() == body
    assert client.get(RECORDS).json()["results"] == [body]


def test_texts_that_are_left_out_are_blank(api):
    needed = {name: KNEE[name] for name in ("record_type", "title", "visit_date")}

    body = api("alice").post(RECORDS, needed, format="json").json()

    assert {body[name] for name in TEXTS} == {""}


def test_replacing_takes_every_field_and_adds_one_to_the_version(api, alices_record):
    response = api("alice").put(url_of(alices_record), KNEE, format="json")

    body = response.json()
    assert response.status_code == 200
    assert {name: body[name] for name in KNEE} == KNEE
    assert body["version"] == 2
    assert body["updated_at"] > body["created_at"]


def test_replacing_needs_the_required_fields(api, alices_record):
    client = api("alice")

    with nothing_written():
        response = client.put(url_of(alices_record), {"title": "Only"}, format="json")

    assert faults_of(response) == {
        ("record_type", "required"),
        ("visit_date", "required"),
    }


def test_changing_keeps_what_is_not_named(api, alices_record):
    response = api("alice").patch(url_of(alices_record), {"title": "Both knees"})

    body = response.json()
    assert (body["title"], body["version"]) == ("Both knees", 2)
    assert body["description"] == alices_record.description
    assert api("alice").get(url_of(alices_record)).json() == body


@pytest.mark.parametrize("values", [{}, {"title": "Knee pain after a fall"}])
def test_a_change_that_changes_nothing_keeps_the_version(api, alices_record, values):
    client = api("alice")

    with nothing_written():
        response = client.patch(url_of(alices_record), values, format="json")

    assert (response.status_code, response.json()["version"]) == (200, 1)


def test_replacing_a_record_by_itself_keeps_the_version(api):
    client = api("alice")
    location = client.post(RECORDS, KNEE, format="json").headers["Location"]

    assert client.put(location, KNEE, format="json").json()["version"] == 1


def test_the_answer_to_a_change_shows_the_comments(api, dr_bob, alices_record):
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, comment="Rest.")
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, is_private=True)

    body = api("alice").patch(url_of(alices_record), {"title": "Knees"}).json()

    assert [comment["comment"] for comment in body["doctor_comments"]] == ["Rest."]


def test_a_deleted_record_is_gone_everywhere(api, alice, dr_bob, alices_record):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    url, patient, doctor = url_of(alices_record), api("alice"), api("dr_bob")

    deleted = patient.delete(url)

    assert (deleted.status_code, deleted.content) == (204, b"")
    for client in (patient, doctor):
        assert client.get(url).status_code == 404
        assert client.get(f"{url}comments/").status_code == 404
        assert client.get(f"{url}comments/{comment.pk}/").status_code == 404
        assert client.get(RECORDS).json()["results"] == []
        assert client.get(RECORDS, {"search": "knee"}).json()["results"] == []
    mine = doctor.get(f"{RECORDS}my-patients/").json()["results"]
    assert [(row["total_records"], row["last_visit"]) for row in mine] == [(0, None)]
    with nothing_written():
        assert patient.delete(url).status_code == 404
        assert patient.patch(url, {"title": "Back"}).status_code == 404
        assert patient.put(url, KNEE, format="json").status_code == 404
        assert doctor.post(f"{url}comments/", {"comment": "Hm"}).status_code == 404
    assert HealthRecord.objects.get().deleted_at is not None  # kept for a while


def test_a_record_cannot_be_moved_to_another_patient(api, carol, alices_record):
    client = api("alice")

    for method in (client.put, client.patch):
        with nothing_written():
            response = method(
                url_of(alices_record), KNEE | {"patient": str(carol.pk)}, format="json"
            )
        assert faults_of(response) == {("patient", "read_only")}


@pytest.mark.parametrize("field", sorted(FIELDS - KNEE.keys() - {"patient"}))
def test_what_the_server_says_cannot_be_written(api, alice, alices_record, field):
    client = api("alice")

    for method, url in ((client.post, RECORDS), (client.patch, url_of(alices_record))):
        with nothing_written():
            response = method(url, KNEE | {field: None}, format="json")
        assert faults_of(response) == {(field, "read_only")}


def test_a_visit_is_at_most_a_day_ahead(api, alice):
    client, now = api("alice"), timezone.now()

    def create(visit: datetime):
        body = KNEE | {"visit_date": visit.isoformat()}
        return client.post(RECORDS, body, format="json")

    assert create(now + timedelta(hours=23)).status_code == 201
    with nothing_written():
        response = create(now + timedelta(hours=25))
    assert faults_of(response) == {("visit_date", "visit_date_out_of_range")}


def test_a_visit_is_not_before_1900(api, alices_record):
    client = api("alice")

    first = {"visit_date": "1900-01-01T00:00:00Z"}
    assert client.patch(url_of(alices_record), first).status_code == 200
    with nothing_written():
        response = client.patch(
            url_of(alices_record), {"visit_date": "1899-12-31T23:59:59Z"}
        )
    assert faults_of(response) == {("visit_date", "visit_date_out_of_range")}


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_a_record_that_does_not_exist_is_not_found(api, alice, method):
    client = api("alice")

    body = None if method == "get" else KNEE
    with nothing_written():
        response = getattr(client, method)(f"{RECORDS}{uuid7()}/", body, format="json")

    problem_of(response, 404, "not_found")


def test_broken_input_from_a_doctor_is_refused_as_a_doctors(api, dr_bob, alices_record):
    client = api("dr_bob")

    with nothing_written():
        response = client.patch(url_of(alices_record), {"nonsense": 1}, format="json")

    problem_of(response, 403, "not_allowed")


def test_each_sees_their_own_records_only(api, alices_record, carol):
    carols = HealthRecordFactory(patient=carol)

    for who, record in (("alice", alices_record), ("carol", carols)):
        results = api(who).get(RECORDS).json()["results"]
        assert [found["id"] for found in results] == [str(record.pk)]
