"""Who is told about what, and that nothing clinical is said."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from phr.care.grants import end_grant
from phr.health_records.models import TEXTS
from phr.notifications.models import Notification
from tests.care.conftest import grant_between
from tests.conftest import user_of
from tests.factories import CareGrantFactory, DoctorCommentFactory, DoctorFactory

RECORDS = "/api/health-records/"
ASSIGN = "/api/auth/assign-doctor/"
SECRET = "Unmistakable"
RECORD = {
    "record_type": "CHECKUP",
    "title": f"{SECRET} title",
    "visit_date": "2026-03-02T09:00:00Z",
} | {name: f"{SECRET} {name}" for name in TEXTS}


@pytest.fixture
def told(deliver):
    """Deliver what is due: who has been told what, as pairs of name and type."""

    def of_all():
        deliver()
        return {
            (notification.recipient.username, notification.notification_type)
            for notification in Notification.objects.select_related("recipient")
        }

    return of_all


@pytest.fixture(autouse=True)
def _nothing_clinical_and_no_repetition(db):
    """Whatever a test of this file does: no words of the record, nothing twice."""
    yield
    for notification in Notification.objects.select_related("recipient"):
        said = f"{notification.title} {notification.message}"
        assert notification.title
        assert notification.message
        for word in (SECRET, "Knee", "CHECKUP", "Check-up"):
            assert word.lower() not in said.lower()
    pairs = Notification.objects.values_list("recipient", "event")
    assert len(pairs) == len(set(pairs))


def test_an_assigned_doctor_and_the_patient_are_told(api, told, carol, dr_dan):
    api("dr_dan").post(ASSIGN, {"patient_id": str(carol.pk)})

    assert told() == {("dr_dan", "PATIENT_ASSIGNED"), ("carol", "DOCTOR_ASSIGNED")}
    said = Notification.objects.values_list("recipient__username", "message")
    assert ("dr_dan", "Carol Novak is now in your care.") in said


def test_who_hands_over_is_not_told_what_they_did(api, told, alice, dr_bob, dr_eve):
    body = {"patient_id": str(alice.pk), "doctor_id": str(dr_eve.pk)}

    api("dr_bob").post(ASSIGN, body)

    assert told() == {("dr_eve", "PATIENT_ASSIGNED"), ("alice", "DOCTOR_ASSIGNED")}


def test_a_patient_is_asked(api, told, settings, carol, dr_eve):
    settings.CARE_CONSENT_REQUIRED = True

    api("dr_eve").post(ASSIGN, {"patient_id": str(carol.pk)})

    assert told() == {("carol", "CARE_REQUESTED")}


def test_of_access_that_has_ended_meanwhile_only_the_end_is_told(
    api, told, carol, dr_dan, sam
):
    """Whichever of the two events is delivered first."""
    api("dr_dan").post(ASSIGN, {"patient_id": str(carol.pk)})
    grant = grant_between(carol, dr_dan)

    end_grant(actor=sam, grant_id=grant.pk, at=timezone.now())

    assert told() == {("dr_dan", "CARE_CHANGED"), ("carol", "CARE_CHANGED")}
    titles = set(Notification.objects.values_list("title", flat=True))
    assert titles == {"Access has ended"}


@pytest.mark.parametrize(
    ("who", "others"),
    [("alice", {"dr_bob"}), ("dr_bob", {"alice"}), ("sam", {"alice", "dr_bob"})],
)
def test_the_other_side_hears_of_the_end(request, told, alice, dr_bob, who, others):
    user = user_of(request.getfixturevalue(who))
    grant = grant_between(alice, dr_bob)

    end_grant(actor=user, grant_id=grant.pk, at=timezone.now())

    assert told() == {(name, "CARE_CHANGED") for name in others}


def test_every_covering_doctor_and_nobody_else_hears_of_a_record(
    api, told, alice, dr_bob, dr_fay, dr_eve, dr_gil, dr_hal, dr_dan, carol, sam
):
    second = DoctorFactory(user__username="dr_ida")
    CareGrantFactory(patient=alice, doctor=second)

    api("alice").post(RECORDS, RECORD, format="json")

    assert told() == {("dr_bob", "NEW_RECORD"), ("dr_ida", "NEW_RECORD")}


def test_a_doctor_hears_of_the_types_in_scope_only(api, told, alice, dr_fay):
    api("alice").post(RECORDS, RECORD, format="json")
    assert told() == set()

    api("alice").post(RECORDS, RECORD | {"record_type": "PRESCRIPTION"}, format="json")

    assert told() == {("dr_fay", "NEW_RECORD")}


def test_a_doctor_whose_grant_ended_before_the_delivery_is_not_told(
    api, told, alice, dr_bob, bobs_grant
):
    api("alice").post(RECORDS, RECORD, format="json")
    end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now())

    assert told() == {("dr_bob", "CARE_CHANGED")}


def test_of_a_record_that_was_deleted_meanwhile_nobody_is_told(api, told, dr_bob):
    client = api("alice")
    location = client.post(RECORDS, RECORD, format="json").headers["Location"]
    client.delete(location)

    assert told() == set()


@pytest.mark.parametrize("change", ["patch", "delete"])
def test_nobody_is_told_of_changes(api, told, dr_bob, alices_record, change):
    getattr(api("alice"), change)(f"{RECORDS}{alices_record.pk}/", {"title": "New"})

    assert told() == set()


def comment_as(client, record, **values):
    body = {"comment": f"{SECRET} remark"} | values
    response = client.post(f"{RECORDS}{record.pk}/comments/", body, format="json")
    assert response.status_code == 201
    return f"{RECORDS}{record.pk}/comments/{response.json()['id']}/"


def test_the_patient_and_the_other_doctors_hear_of_a_comment(
    api, told, alice, dr_bob, dr_fay, dr_eve, dr_dan, alices_record
):
    CareGrantFactory(patient=alice, doctor=dr_dan)

    comment_as(api("dr_bob"), alices_record)

    assert told() == {("alice", "COMMENT_ADDED"), ("dr_dan", "COMMENT_ADDED")}


def test_of_a_private_comment_only_the_other_doctors_hear(
    api, told, alice, dr_bob, dr_dan, alices_record
):
    CareGrantFactory(patient=alice, doctor=dr_dan)

    comment_as(api("dr_bob"), alices_record, is_private=True)

    assert told() == {("dr_dan", "COMMENT_ADDED")}


def test_a_comment_made_private_before_the_delivery_stays_hidden(
    api, told, dr_bob, alices_record
):
    client = api("dr_bob")
    client.patch(comment_as(client, alices_record), {"is_private": True}, format="json")

    assert told() == set()


def test_of_a_comment_taken_back_before_the_delivery_nobody_hears(
    api, told, dr_bob, alices_record
):
    client = api("dr_bob")
    client.delete(comment_as(client, alices_record))

    assert told() == set()


def test_of_a_comment_on_a_record_deleted_meanwhile_nobody_hears(
    api, told, alice, dr_bob, dr_dan, alices_record
):
    CareGrantFactory(patient=alice, doctor=dr_dan)
    comment_as(api("dr_bob"), alices_record)
    api("alice").delete(f"{RECORDS}{alices_record.pk}/")

    assert told() == set()


def test_reading_and_editing_tell_nobody(api, told, dr_bob, alices_record):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/"

    client.get(url)
    client.get(RECORDS)
    client.patch(f"{url}comments/{comment.pk}/", {"comment": f"{SECRET} again"})

    assert told() == set()


def test_a_sign_in_from_a_new_place_is_told_to_its_user(api, told, alice):
    login = {"username": "alice", "password": "correct horse battery 7"}
    client = api("nobody")
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        response = client.post("/api/auth/login/", login, REMOTE_ADDR=address)
        assert response.status_code == 200

    assert told() == {("alice", "SECURITY")}
    assert Notification.objects.count() == 1


def test_the_second_use_of_a_refresh_token_is_told_to_its_user(api, told, alice):
    client = api("nobody")
    login = {"username": "alice", "password": "correct horse battery 7"}
    tokens = client.post("/api/auth/login/", login).json()["tokens"]
    for later, status in ((0, 200), (11, 401)):
        with time_machine.travel(timezone.now() + timedelta(seconds=later)):
            response = client.post(
                "/api/auth/token/refresh/", {"refresh": tokens["refresh"]}
            )
        assert response.status_code == status

    assert told() == {("alice", "SECURITY")}


def test_a_comment_that_is_made_public_is_announced_to_the_patient(
    api, alice, dr_bob, alices_record, deliver
):
    comments = f"/api/health-records/{alices_record.pk}/comments/"
    doctor = api("dr_bob")
    body = {"comment": "Between us for now.", "is_private": True}
    made = doctor.post(comments, body, format="json").json()
    deliver()
    assert not Notification.objects.filter(
        recipient=alice.user, notification_type="COMMENT_ADDED"
    ).exists()

    doctor.patch(f"{comments}{made['id']}/", {"is_private": False}, format="json")
    deliver()

    told = Notification.objects.get(notification_type="COMMENT_ADDED")
    assert told.recipient == alice.user
