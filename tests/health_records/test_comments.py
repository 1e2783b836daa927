"""What doctors say about a record, and who gets to read it."""

import pytest

from phr.core.ids import uuid7
from phr.health_records.models import DoctorComment
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    HealthRecordFactory,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"


@pytest.fixture
def url(alices_record):
    return f"{RECORDS}{alices_record.pk}/comments/"


def comments_in(response):
    assert response.status_code == 200, response.content
    return [comment["comment"] for comment in response.json()["results"]]


def test_a_doctor_comments_and_the_patient_reads_it(api, dr_bob, url):
    created = api("dr_bob").post(url, {"comment": "Keep the leg up."}, format="json")

    body = created.json()
    assert created.status_code == 201
    assert body == {
        "id": body["id"],
        "comment": "Keep the leg up.",
        "is_private": False,
        "doctor": {
            "id": str(dr_bob.pk),
            "user": {
                "id": str(dr_bob.user_id),
                "first_name": "Bob",
                "last_name": "Stone",
            },
            "specialization": "Cardiology",
            "years_of_experience": 12,
            "is_verified": True,
        },
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    patient = api("alice")
    assert patient.get(url).json()["results"] == [body]
    assert patient.get(f"{url}{body['id']}/").json() == body
    record = patient.get(url.removesuffix("comments/")).json()
    assert record["doctor_comments"] == [body]


def test_a_private_comment_is_hidden_from_the_patient_everywhere(
    api, dr_bob, alices_record, url
):
    answer = api("dr_bob").post(
        url, {"comment": "Suspected anxiety", "is_private": True}, format="json"
    )
    private = answer.json()["id"]
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, comment="Rest.")
    patient = api("alice")
    record_url = url.removesuffix("comments/")

    pages = [patient.get(at) for at in (RECORDS, record_url, url, f"{url}{private}/")]

    assert [page.status_code for page in pages] == [200, 200, 200, 404]
    assert not [page for page in pages if b"anxiety" in page.content]
    listed = pages[0].json()["results"][0]["doctor_comments"]
    assert [comment["comment"] for comment in listed] == ["Rest."]
    assert patient.get(RECORDS, {"search": "anxiety"}).json()["results"] == []
    for method in (patient.patch, patient.put, patient.delete):
        with nothing_written():
            response = method(f"{url}{private}/", {"comment": "Mine"}, format="json")
        problem_of(response, 404, "not_found")


def test_every_covering_doctor_reads_private_comments(api, alice, dr_bob, dr_dan, url):
    CareGrantFactory(patient=alice, doctor=dr_dan)
    api("dr_bob").post(
        url, {"comment": "Between us", "is_private": True}, format="json"
    )
    doctor = api("dr_dan")

    assert comments_in(doctor.get(url)) == ["Between us"]
    record = doctor.get(url.removesuffix("comments/")).json()
    listed = doctor.get(RECORDS).json()["results"][0]
    for shown in (record, listed):
        assert [c["comment"] for c in shown["doctor_comments"]] == ["Between us"]


def test_comments_stand_newest_first(api, dr_bob, alices_record, url):
    for text in ("first", "second", "third"):
        DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, comment=text)

    record = api("alice").get(url.removesuffix("comments/")).json()
    in_record = [comment["comment"] for comment in record["doctor_comments"]]
    assert (
        comments_in(api("alice").get(url)) == in_record == ["third", "second", "first"]
    )


def test_comments_come_in_pages(api, dr_bob, alices_record, url):
    texts = [f"number {n}" for n in range(5)]
    for text in texts:
        DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, comment=text)
    client, read, page = api("alice"), [], f"{url}?page_size=2"

    while page:
        response = client.get(page)
        read += comments_in(response)
        page = response.json()["next"]

    assert read == texts[::-1]


def test_the_author_changes_a_comment(api, dr_bob, alices_record, url):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = api("dr_bob")

    changed = client.patch(f"{url}{comment.pk}/", {"is_private": True}, format="json")
    replaced = client.put(f"{url}{comment.pk}/", {"comment": "Better"}, format="json")

    assert changed.status_code == replaced.status_code == 200
    assert changed.json()["is_private"] is True
    assert changed.json()["comment"] == comment.comment
    assert replaced.json()["comment"] == "Better"
    assert replaced.json()["updated_at"] > replaced.json()["created_at"]
    assert comments_in(client.get(url)) == ["Better"]


def test_the_author_deletes_a_comment(api, dr_bob, alices_record, url):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = api("dr_bob")

    assert client.delete(f"{url}{comment.pk}/").status_code == 204
    assert client.get(f"{url}{comment.pk}/").status_code == 404
    assert comments_in(api("alice").get(url)) == []


@pytest.mark.parametrize(("who", "status"), [("dr_dan", 403), ("alice", 403)])
def test_nobody_else_changes_or_deletes_a_comment(
    api, alice, dr_bob, dr_dan, alices_record, url, who, status
):
    CareGrantFactory(patient=alice, doctor=dr_dan)
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = api(who)

    for method in (client.patch, client.put, client.delete):
        with nothing_written():
            response = method(f"{url}{comment.pk}/", {"comment": "Mine"}, format="json")
        problem_of(response, status, "not_allowed")


def test_a_comment_is_found_under_its_own_record_only(
    api, alice, dr_bob, alices_record
):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    other = HealthRecordFactory(patient=alice)
    elsewhere = f"{RECORDS}{other.pk}/comments/{comment.pk}/"
    client = api("dr_bob")

    for method in (client.get, client.patch, client.put, client.delete):
        with nothing_written():
            assert method(elsewhere).status_code == 404


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_a_comment_that_does_not_exist_is_not_found(
    api, alices_record, dr_bob, url, who
):
    client = api(who)

    for method in (client.get, client.patch, client.put, client.delete):
        with nothing_written():
            problem_of(method(f"{url}{uuid7()}/"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("comment", "required")),
        ({"comment": ""}, ("comment", "blank")),
        ({"comment": " \n\t "}, ("comment", "blank")),
        ({"comment": "x" * 10_001}, ("comment", "max_length")),
        ({"comment": 5}, ("comment", "invalid")),
        ({"comment": "x", "is_private": "yes"}, ("is_private", "invalid")),
        ({"comment": "x", "doctor": str(uuid7())}, ("doctor", "read_only")),
        ({"comment": "x", "colour": "red"}, ("colour", "unknown_field")),
    ],
)
def test_a_comment_that_is_none_is_refused(api, dr_bob, url, body, fault):
    client = api("dr_bob")

    with nothing_written():
        response = client.post(url, body, format="json")

    assert faults_of(response) == {fault}


def test_a_comment_may_have_ten_thousand_characters(api, dr_bob, url):
    text = "ü" * 10_000

    assert api("dr_bob").post(url, {"comment": text}).json()["comment"] == text


def test_a_doctor_who_reads_but_did_not_write_sees_whose_it_is(api, alice, url):
    colleague = DoctorFactory(user__first_name="Ida")
    CareGrantFactory(patient=alice, doctor=colleague)
    record = alice.health_records.get()
    DoctorCommentFactory(health_record=record, doctor=colleague)

    shown = api("alice").get(url).json()["results"][0]["doctor"]

    assert shown["user"]["first_name"] == "Ida"
    assert shown.keys().isdisjoint({"license_number", "email"})
    assert shown["user"].keys() == {"id", "first_name", "last_name"}
    assert DoctorComment.objects.count() == 1
