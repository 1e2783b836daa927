"""Assigning a doctor where the patient decides (CARE_CONSENT=required)."""

import pytest

from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from tests.care.conftest import grant_between
from tests.factories import (
    CareGrantFactory,
    DoctorFactory,
    HealthRecordFactory,
    PatientFactory,
)
from tests.problem_answers import problem_of

pytestmark = pytest.mark.usefixtures("consent_required")

MY_PATIENTS = "/api/health-records/my-patients/"


def test_a_doctor_asks_and_waits(assign, carol, dr_eve):
    response = assign("dr_eve", carol)

    grant = grant_between(carol, dr_eve)
    body = response.json()
    assert response.status_code == 202
    assert body.keys() == {"message", "grant"}
    assert body["grant"]["id"] == str(grant.pk)
    assert body["grant"]["status"] == grant.status == GrantStatus.PENDING
    assert (grant.origin, grant.is_primary) == (GrantOrigin.DOCTOR, False)
    event = OutboxEvent.objects.get(kind="care.access_requested")
    assert event.payload == {"grant_id": str(grant.pk)}


def test_asking_opens_nothing(assign, api, carol, dr_eve):
    record = HealthRecordFactory(patient=carol)

    response = assign("dr_eve", carol)

    assert carol.user.email not in response.content.decode()
    doctor = api("dr_eve")
    assert doctor.get(f"/api/health-records/{record.pk}/").status_code == 404
    assert doctor.get(MY_PATIENTS).json()["results"] == []


def test_a_patient_who_has_a_primary_doctor_may_be_asked(assign, alice, dr_bob, dr_eve):
    assert assign("dr_eve", alice).status_code == 202
    assert grant_between(alice, dr_bob).is_primary


def test_an_unverified_doctor_may_not_ask(refused, carol, dr_dan):
    response = refused("dr_dan", carol)

    problem_of(response, 403, "not_verified")


def test_asking_twice_is_a_conflict(refused, alice, dr_hal):
    response = refused("dr_hal", alice)

    problem_of(response, 409, "already_requested")


def test_a_doctor_in_care_need_not_ask(refused, alice, dr_bob):
    response = refused("dr_bob", alice)

    problem_of(response, 409, "already_in_care")


def test_a_doctor_whose_grant_expired_asks_again(assign, alice, dr_gil):
    assert assign("dr_gil", alice).status_code == 202
    assert grant_between(alice, dr_gil).status == GrantStatus.PENDING


def test_after_declining_the_patient_may_be_asked_again(assign, carol, dr_eve):
    CareGrantFactory(patient=carol, doctor=dr_eve, declined=True)

    assert assign("dr_eve", carol).status_code == 202


def test_handing_over_waits_for_the_patient(assign, alice, dr_bob, dr_eve):
    response = assign("dr_bob", alice, dr_eve)

    waiting, present = grant_between(alice, dr_eve), grant_between(alice, dr_bob)
    assert response.status_code == 202
    assert (waiting.status, waiting.is_primary) == (GrantStatus.PENDING, True)
    assert waiting.requested_by == dr_bob.user
    assert (present.status, present.is_primary) == (GrantStatus.ACTIVE, True)


def test_a_patient_is_not_handed_over_to_an_unverified_doctor(
    refused, alice, dr_bob, dr_dan
):
    response = refused("dr_bob", alice, dr_dan)

    problem_of(response, 409, "doctor_not_verified")


def test_whether_a_patient_exists_is_not_for_the_unverified(refused, alice, dr_dan):
    problem_of(refused("dr_dan", alice), 403, "not_verified")
    problem_of(refused("dr_dan", PatientFactory.build()), 403, "not_verified")


@pytest.mark.parametrize("who", ["dr_fay", "dr_eve", "dr_gil", "dr_hal"])
def test_only_the_primary_doctor_hands_over(refused, alice, dr_bob, request, who):
    request.getfixturevalue(who)

    response = refused(who, alice, DoctorFactory(verified=True))

    problem_of(response, 403, "not_allowed")


def test_staff_assign_at_once(assign, alice, dr_bob, dr_eve):
    response = assign("sam", alice, dr_eve)

    assert response.status_code == 200
    assert grant_between(alice, dr_eve).status == GrantStatus.ACTIVE


def test_staff_activate_what_a_doctor_has_asked_for(assign, api, carol, dr_eve):
    assign("dr_eve", carol)

    assert assign("sam", carol, dr_eve).status_code == 200

    assert CareGrant.objects.filter(patient=carol).count() == 1
    assert len(api("dr_eve").get(MY_PATIENTS).json()["results"]) == 1
