"""Emergency access: a verified doctor gets in, for a while, in everybody's sight."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from phr.accounts.models import User
from phr.audit.models import AccessEntry, Basis
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.care.conftest import grant_between
from tests.care.emergencies import BORN, REASON, by_id, by_name, let_time_pass, refused
from tests.cast import with_permissions
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    HealthRecordFactory,
    StaffFactory,
)

RECORDS = "/api/health-records/"
MY_PATIENTS = f"{RECORDS}my-patients/"
GRANTS = "/api/care/grants/"


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.EMERGENCY_ACCESS = True


@pytest.fixture
def alice(alice):
    alice.user.date_of_birth = BORN
    alice.user.save()
    return alice


@pytest.mark.parametrize("username", ["alice", "ALICE", None])
def test_a_verified_doctor_gets_in_for_an_hour(api, alice, dr_eve, username):
    client, before = api("dr_eve"), timezone.now()

    response = by_name(client, username) if username else by_id(client, alice)

    body, grant = response.json(), grant_between(alice, dr_eve)
    assert response.status_code == 201
    assert body["id"] == str(grant.pk)
    assert (body["status"], body["origin"]) == ("ACTIVE", "EMERGENCY")
    assert (body["is_primary"], body["record_types"]) == (False, [])
    assert body["reason"] == REASON["reason"]
    assert grant.expires_at == grant.starts_at + timedelta(minutes=60)
    assert before <= grant.starts_at <= timezone.now()
    assert grant.emergency.reason_code == "UNCONSCIOUS"
    assert grant.emergency.reviewed_at is None
    line = AccessEntry.objects.get(action="care.emergency_access")
    assert (line.actor_id, line.patient_id) == (dr_eve.user_id, alice.pk)
    assert (line.basis, line.grant_id) == (Basis.EMERGENCY, grant.pk)


def test_it_lasts_as_long_as_the_installation_says(api, alice, dr_eve, settings):
    settings.EMERGENCY_ACCESS_MINUTES = 5

    by_id(api("dr_eve"), alice)

    grant = grant_between(alice, dr_eve)
    assert grant.expires_at == grant.starts_at + timedelta(minutes=5)


def test_all_that_is_read_and_written_under_it_says_so(
    api, alice, dr_bob, dr_eve, alices_record
):
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = api("dr_eve")
    grant_id = by_id(client, alice).json()["id"]
    seen = set(AccessEntry.objects.values_list("pk", flat=True))
    one = f"{RECORDS}{alices_record.pk}/"

    assert len(client.get(RECORDS).json()["results"]) == 1
    assert len(client.get(RECORDS, {"search": "knee"}).json()["results"]) == 1
    assert client.get(one).status_code == 200
    assert len(client.get(f"{one}comments/").json()["results"]) == 1
    (patient,) = client.get(MY_PATIENTS).json()["results"]
    written = client.post(f"{one}comments/", {"comment": "Airway is free."})

    assert (patient["id"], patient["total_records"]) == (str(alice.pk), 1)
    assert written.status_code == 201
    lines = AccessEntry.objects.exclude(pk__in=seen)
    assert len({line.action for line in lines}) >= 4
    assert lines.count() == 6
    for line in lines:
        assert (line.basis, str(line.grant_id)) == (Basis.EMERGENCY, grant_id)
        assert line.patient_id == alice.pk


def test_beside_a_narrowed_grant_it_opens_the_rest(api, alice, dr_fay):
    prescription = HealthRecordFactory(
        patient=alice, record_type=RecordType.PRESCRIPTION
    )
    checkup = HealthRecordFactory(patient=alice, record_type=RecordType.CHECKUP)
    narrow = grant_between(alice, dr_fay)
    client = api("dr_fay")
    assert client.get(f"{RECORDS}{checkup.pk}/").status_code == 404

    assert by_id(client, alice).status_code == 201

    for record, basis in ((prescription, Basis.GRANT), (checkup, Basis.EMERGENCY)):
        assert client.get(f"{RECORDS}{record.pk}/").status_code == 200
        line = AccessEntry.objects.filter(action="health_records.record_opened")
        assert line.latest("at").basis == basis
    assert len(client.get(MY_PATIENTS).json()["results"]) == 1
    narrow.refresh_from_db()
    assert (narrow.status, narrow.record_types) == (
        GrantStatus.ACTIVE,
        [RecordType.PRESCRIPTION],
    )


def test_it_ends_by_itself(api, alice, dr_eve, alices_record):
    client = api("dr_eve")
    by_id(client, alice)
    one = f"{RECORDS}{alices_record.pk}/"

    let_time_pass(alice, 59.9)
    assert client.get(one).status_code == 200

    let_time_pass(alice, 0.1)
    assert client.get(one).status_code == 404
    assert client.get(RECORDS).json()["results"] == []
    assert client.get(MY_PATIENTS).json()["results"] == []
    assert grant_between(alice, dr_eve).status == GrantStatus.ACTIVE


def test_after_it_has_run_out_it_can_be_opened_anew(api, alice, dr_eve):
    client = api("dr_eve")
    by_id(client, alice)
    let_time_pass(alice, 60)

    assert by_id(client, alice).status_code == 201

    states = CareGrant.objects.filter(patient=alice, origin=GrantOrigin.EMERGENCY)
    assert sorted(states.values_list("status", flat=True)) == ["ACTIVE", "EXPIRED"]


def test_the_patient_ends_it_and_it_stays_ended(api, alice, dr_eve, alices_record):
    doctor, patient = api("dr_eve"), api("alice")
    grant_id = by_id(doctor, alice).json()["id"]
    one = f"{RECORDS}{alices_record.pk}/"
    assert doctor.get(one).status_code == 200

    assert patient.post(f"{GRANTS}{grant_id}/end/", {}).status_code == 200

    assert doctor.get(one).status_code == 404
    assert refused(doctor, alice, 409, "ended_by_patient") == "ENDED"
    attempt = AccessEntry.objects.filter(action="care.emergency_access").latest("at")
    assert (attempt.outcome, attempt.patient_id) == ("REFUSED", alice.pk)
    let_time_pass(alice, 60)
    assert by_id(doctor, alice).status_code == 201


def test_what_staff_have_ended_stays_ended(api, alice, dr_eve, sam):
    doctor = api("dr_eve")
    grant_id = by_id(doctor, alice).json()["id"]
    CareGrant.objects.filter(pk=grant_id).update(
        status=GrantStatus.ENDED, ended_by=sam, ended_at=timezone.now()
    )

    assert refused(doctor, alice, 409, "ended_by_staff") == "ENDED"


def test_a_doctor_who_has_ended_it_may_need_it_again(api, alice, dr_eve):
    doctor = api("dr_eve")
    grant_id = by_id(doctor, alice).json()["id"]
    assert doctor.post(f"{GRANTS}{grant_id}/end/", {}).status_code == 200

    assert by_id(doctor, alice).status_code == 201


def test_it_makes_nobody_the_patients_primary_doctor(api, alice, dr_bob, dr_eve):
    by_id(api("dr_eve"), alice)

    own = api("alice").get("/api/auth/profile/").json()
    assert own["assigned_doctor"]["id"] == str(dr_bob.pk)
    assert not grant_between(alice, dr_eve).is_primary


def test_the_patient_and_all_staff_who_review_are_told(
    api, alice, dr_eve, sam, nina, deliver
):
    tess, left = StaffFactory(username="tess"), StaffFactory(username="left")
    for reviewer in (tess, left):
        with_permissions(reviewer, "change_emergencyaccess")
    User.objects.filter(pk=left.pk).update(is_active=False)

    by_id(api("dr_eve"), alice)
    deliver()

    told = Notification.objects.filter(notification_type="EMERGENCY_ACCESS")
    assert {row.recipient for row in told} == {alice.user, sam, tess}
    for row in told:
        assert "Eve Lind" in row.message
        assert "unconscious" not in row.message.lower()


@pytest.mark.parametrize("state", ["pending", "ended", "expired", "declined"])
def test_a_grant_that_opens_nothing_is_no_hindrance(api, carol, dr_eve, state):
    CareGrantFactory(patient=carol, doctor=dr_eve, **{state: True})

    assert by_id(api("dr_eve"), carol).status_code == 201


def test_where_consent_is_required_it_opens_all_the_same(
    api, alice, dr_eve, alices_record, settings
):
    settings.CARE_CONSENT_REQUIRED = True
    client = api("dr_eve")

    by_id(client, alice)

    assert client.get(f"{RECORDS}{alices_record.pk}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_doctors_at_once_both_get_in(api, alice, dr_eve, dr_hal):
    clients = [api("dr_eve"), api("dr_hal")]

    answers = all_at_once([partial(by_id, client, alice) for client in clients])

    assert [answer.status_code for answer in answers] == [201, 201]
