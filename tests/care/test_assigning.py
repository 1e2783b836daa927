"""Assigning a doctor where the patient is not asked (CARE_CONSENT=not-required)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from tests.care.conftest import URL, grant_between
from tests.factories import CareGrantFactory, DoctorFactory, PatientFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written


def primary_doctor_of(patient):
    grants = CareGrant.objects.filter(
        patient=patient, status=GrantStatus.ACTIVE, is_primary=True
    )
    return [grant.doctor for grant in grants]


def test_a_doctor_takes_a_patient_who_has_no_doctor(assign, carol, dr_dan):
    response = assign("dr_dan", carol)

    grant = grant_between(carol, dr_dan)
    assert response.status_code == 200
    assert (grant.status, grant.is_primary) == (GrantStatus.ACTIVE, True)
    assert (grant.origin, grant.requested_by) == (GrantOrigin.DOCTOR, dr_dan.user)
    assert (grant.record_types, grant.records_since, grant.expires_at) == (
        [],
        None,
        None,
    )
    assert OutboxEvent.objects.get().payload == {"grant_id": str(grant.pk)}


def test_the_answer_is_the_patient_with_the_new_doctor(assign, carol, dr_dan):
    body = assign("dr_dan", carol).json()

    assert body["message"]
    assert body["patient"]["id"] == str(carol.pk)
    assert body["patient"]["user"]["username"] == "carol"
    assert body["patient"]["assigned_doctor"]["id"] == str(dr_dan.pk)
    assert "license_number" not in body["patient"]["assigned_doctor"]
    assert "email" not in body["patient"]["assigned_doctor"]["user"]


def test_naming_oneself_is_the_same_as_leaving_oneself_out(assign, carol, dr_dan):
    response = assign("dr_dan", carol, dr_dan)

    assert response.status_code == 200
    assert primary_doctor_of(carol) == [dr_dan]


def test_the_patient_sees_the_assigned_doctor_in_the_profile(
    assign, api, carol, dr_dan
):
    assert api("carol").get("/api/auth/profile/").json()["assigned_doctor"] is None

    assign("dr_dan", carol)

    profile = api("carol").get("/api/auth/profile/").json()
    assert profile["assigned_doctor"]["id"] == str(dr_dan.pk)


def test_a_patient_who_has_a_primary_doctor_is_not_taken(
    refused, alice, dr_bob, dr_dan
):
    response = refused("dr_dan", alice)

    problem_of(response, 409, "patient_has_primary_doctor")
    assert primary_doctor_of(alice) == [dr_bob]


def test_taking_a_patient_twice_is_a_conflict(refused, assign, carol, dr_dan):
    assign("dr_dan", carol)

    response = refused("dr_dan", carol)

    problem_of(response, 409, "already_in_care")


def test_the_primary_doctor_hands_over(assign, api, alice, dr_bob, dr_eve):
    response = assign("dr_bob", alice, dr_eve)

    assert response.status_code == 200
    assert response.json()["patient"]["assigned_doctor"]["id"] == str(dr_eve.pk)
    assert primary_doctor_of(alice) == [dr_eve]
    mine = api("dr_bob").get("/api/health-records/my-patients/").json()["results"]
    assert [patient["id"] for patient in mine] == [str(alice.pk)]  # still in care


def test_after_handing_over_a_doctor_cannot_hand_over_again(
    refused, assign, alice, dr_bob, dr_eve, dr_dan
):
    assign("dr_bob", alice, dr_eve)

    response = refused("dr_bob", alice, dr_dan)

    problem_of(response, 403, "not_allowed")


def test_a_doctor_in_care_becomes_primary_with_the_scope_the_grant_has(
    assign, alice, dr_bob, dr_fay
):
    response = assign("dr_bob", alice, dr_fay)

    grant = grant_between(alice, dr_fay)
    assert response.status_code == 200
    assert (grant.is_primary, grant.record_types) == (True, [RecordType.PRESCRIPTION])
    assert CareGrant.objects.filter(doctor=dr_fay).count() == 1


@pytest.mark.parametrize("who", ["dr_dan", "dr_fay", "dr_eve", "dr_gil", "dr_hal"])
def test_only_the_primary_doctor_hands_over(refused, alice, dr_bob, request, who):
    request.getfixturevalue(who)
    colleague = DoctorFactory(verified=True)

    response = refused(who, alice, colleague)

    problem_of(response, 403, "not_allowed")


def test_a_doctor_cannot_assign_a_colleague_to_a_patient_who_has_nobody(
    refused, carol, dr_dan, dr_eve
):
    response = refused("dr_dan", carol, dr_eve)

    problem_of(response, 403, "not_allowed")


def test_a_primary_grant_that_has_expired_hands_nothing_over(refused, carol, dr_eve):
    doctor = dr_eve
    CareGrantFactory(patient=carol, doctor=doctor, primary=True, expired=True)

    response = refused("dr_eve", carol, DoctorFactory(verified=True))

    problem_of(response, 403, "not_allowed")


def test_staff_assign_any_verified_doctor(assign, sam, carol, dr_eve):
    response = assign("sam", carol, dr_eve)

    grant = grant_between(carol, dr_eve)
    assert response.status_code == 200
    assert (grant.status, grant.is_primary) == (GrantStatus.ACTIVE, True)
    assert (grant.origin, grant.requested_by) == (GrantOrigin.STAFF, sam)


def test_staff_replace_the_primary_doctor(assign, alice, dr_bob, dr_eve):
    response = assign("sam", alice, dr_eve)

    assert response.status_code == 200
    assert primary_doctor_of(alice) == [dr_eve]
    assert grant_between(alice, dr_bob).status == GrantStatus.ACTIVE


def test_staff_activate_what_is_pending(assign, sam, alice, dr_hal):
    asked = grant_between(alice, dr_hal)

    response = assign("sam", alice, dr_hal)

    grant = grant_between(alice, dr_hal)
    assert response.status_code == 200
    assert (grant.pk, grant.status) == (asked.pk, GrantStatus.ACTIVE)
    assert (grant.decided_by, grant.is_primary) == (sam, True)
    assert grant.starts_at == grant.decided_at
    assert grant.starts_at > asked.starts_at


def test_a_pending_grant_that_has_run_out_is_not_activated(assign, alice, dr_eve):
    asked = CareGrantFactory(patient=alice, doctor=dr_eve, pending=True, expired=True)

    response = assign("sam", alice, dr_eve)

    asked.refresh_from_db()
    assert response.status_code == 200
    assert asked.status == GrantStatus.EXPIRED
    assert grant_between(alice, dr_eve).pk != asked.pk


def test_staff_cannot_assign_the_primary_doctor_again(refused, alice, dr_bob):
    response = refused("sam", alice, dr_bob)

    problem_of(response, 409, "already_in_care")


def test_staff_cannot_assign_an_unverified_doctor(refused, carol, dr_dan):
    response = refused("sam", carol, dr_dan)

    problem_of(response, 409, "doctor_not_verified")


def test_staff_must_say_which_doctor(refused, carol, sam):
    response = refused("sam", carol)

    assert faults_of(response) == {("doctor_id", "required")}


def test_a_blocked_doctor_is_not_there_to_be_assigned(refused, carol, dr_eve):
    dr_eve.user.is_active = False
    dr_eve.user.save()

    response = refused("sam", carol, dr_eve)

    assert problem_of(response, 404, "not_found")["errors"][0]["field"] == "doctor_id"


@pytest.mark.parametrize("who", ["alice", "carol"])
@pytest.mark.parametrize("consent", [True, False])
def test_patients_assign_nobody_here(
    refused, settings, alice, carol, dr_eve, who, consent
):
    settings.CARE_CONSENT_REQUIRED = consent

    for patient in (alice, carol):
        response = refused(who, patient, dr_eve)
        problem_of(response, 403, "not_allowed")


@pytest.mark.parametrize("who", ["dr_bob", "sam"])
@pytest.mark.parametrize("field", ["patient_id", "doctor_id"])
def test_an_id_of_nothing_is_named_as_the_fault(api, alice, dr_bob, who, field):
    body = {"patient_id": str(alice.pk), "doctor_id": str(dr_bob.pk)}

    client = api(who)

    with nothing_written():
        response = client.post(URL, body | {field: str(uuid7())}, format="json")

    assert problem_of(response, 404, "not_found")["errors"][0]["field"] == field


def test_a_user_id_is_no_patient_id(api, carol, dr_dan):
    response = api("dr_dan").post(
        URL, {"patient_id": str(carol.user_id)}, format="json"
    )

    problem_of(response, 404, "not_found")


def test_an_expired_grant_is_not_in_the_way_of_a_new_one(assign, api, alice, dr_gil):
    old = grant_between(alice, dr_gil)
    CareGrant.objects.filter(pk=old.pk).update(is_primary=True)

    response = assign("dr_gil", alice)

    old.refresh_from_db()
    assert response.status_code == 200
    assert old.status == GrantStatus.EXPIRED
    assert primary_doctor_of(alice) == [dr_gil]
    mine = api("dr_gil").get("/api/health-records/my-patients/").json()["results"]
    assert len(mine) == 1


def test_the_expired_primary_grant_of_another_is_not_in_the_way(assign, dr_dan):
    patient = PatientFactory()
    CareGrantFactory(patient=patient, primary=True, expired=True)

    assert assign("dr_dan", patient).status_code == 200
    assert primary_doctor_of(patient) == [dr_dan]


def test_after_its_end_the_doctor_may_be_assigned_anew(assign, alice, dr_eve):
    response = assign("dr_eve", alice)

    assert response.status_code == 200
    statuses = CareGrant.objects.filter(doctor=dr_eve).order_by("created_at")
    assert [grant.status for grant in statuses] == [
        GrantStatus.ENDED,
        GrantStatus.ACTIVE,
    ]


def test_staff_are_not_shown_what_is_clinical(assign, alice, dr_bob, dr_eve):
    alice.allergies, alice.blood_type = "Peanuts", "A+"
    alice.save()

    patient = assign("sam", alice, dr_eve).json()["patient"]

    assert "Peanuts" not in str(patient)
    assert "blood_type" not in patient


def test_a_grant_that_begins_later_is_not_opened_early(assign, alice, dr_eve):
    tomorrow = timezone.now() + timedelta(days=1)
    CareGrantFactory(patient=alice, doctor=dr_eve, starts_at=tomorrow)

    response = assign("dr_eve", alice)

    assert response.status_code == 409
    assert "allergies" not in str(response.json())


def test_a_patient_who_has_left_is_nobody(assign, alice, dr_eve):
    alice.user.is_active = False
    alice.user.save()

    assert assign("dr_eve", alice).status_code == 404
