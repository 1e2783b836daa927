"""A verification counts until its end, by the clock of the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.care.models import DoctorProfile
from tests.care.licenses import LICENSE, OWN, verify
from tests.factories import DoctorCommentFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
MY_PATIENTS = f"{RECORDS}my-patients/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def consent(settings):
    settings.CARE_CONSENT_REQUIRED = True


def run_out(doctor):
    """Move the end into the past: no job runs, and nobody signs in again."""
    ended = timezone.now() - timedelta(microseconds=1)
    DoctorProfile.objects.filter(pk=doctor.pk).update(verified_until=ended)


def statuses(client, record, comment):
    """What a doctor gets from each way to a record."""
    one = f"{RECORDS}{record.pk}/"
    return {
        "listed": len(client.get(RECORDS).json()["results"]),
        "searched": len(client.get(RECORDS, {"search": "knee"}).json()["results"]),
        "patients": len(client.get(MY_PATIENTS).json()["results"]),
        "opened": client.get(one).status_code,
        "comments": client.get(f"{one}comments/").status_code,
        "comment": client.get(f"{one}comments/{comment.pk}/").status_code,
        "commented": client.post(
            f"{one}comments/", {"comment": "Rest it."}
        ).status_code,
        "changed": client.patch(
            f"{one}comments/{comment.pk}/", {"comment": "Rest the knee."}
        ).status_code,
    }


OPEN = {
    "listed": 1,
    "searched": 1,
    "patients": 1,
    "opened": 200,
    "comments": 200,
    "comment": 200,
    "commented": 201,
    "changed": 200,
}
CLOSED = {
    "listed": 0,
    "searched": 0,
    "patients": 0,
    "opened": 404,
    "comments": 404,
    "comment": 404,
    "commented": 404,
    "changed": 404,
}


@pytest.fixture
def comment(alices_record, dr_bob):
    return DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)


def test_a_doctor_loses_everything_at_once_and_gets_it_back_when_verified_anew(
    api, consent, alices_record, dr_bob, sam, comment
):
    doctor = api("dr_bob")
    assert statuses(doctor, alices_record, comment) == OPEN

    run_out(dr_bob)
    assert statuses(doctor, alices_record, comment) == CLOSED

    assert verify(api("sam"), dr_bob).status_code == 200
    assert statuses(doctor, alices_record, comment) == OPEN


def test_a_doctor_who_was_never_verified_sees_nothing_where_consent_is_required(
    api, consent, alices_record, dr_bob, comment
):
    DoctorProfile.objects.filter(pk=dr_bob.pk).update(verified_at=None)

    assert statuses(api("dr_bob"), alices_record, comment) == CLOSED


def test_another_licence_number_waits_and_what_staff_have_verified_counts_meanwhile(
    api, consent, alices_record, dr_bob, comment
):
    doctor = api("dr_bob")

    assert doctor.post(OWN, LICENSE).status_code == 201

    assert statuses(doctor, alices_record, comment) == OPEN
    dr_bob.refresh_from_db()
    assert dr_bob.license_number != LICENSE["license_number"]


def test_where_consent_is_not_required_the_records_stay_open(
    api, alices_record, dr_bob, comment
):
    run_out(dr_bob)

    assert statuses(api("dr_bob"), alices_record, comment) == OPEN


def test_until_its_end_a_verification_counts(
    api, consent, alices_record, dr_bob, comment
):
    ahead = timezone.now() + MINUTE
    DoctorProfile.objects.filter(pk=dr_bob.pk).update(verified_until=ahead)

    assert statuses(api("dr_bob"), alices_record, comment) == OPEN


@pytest.mark.parametrize("required", [True, False])
def test_whose_verification_ran_out_stays_the_assigned_doctor_only_without_consent(
    api, settings, alice, dr_bob, required
):
    settings.CARE_CONSENT_REQUIRED = required
    run_out(dr_bob)

    assigned = api("alice").get("/api/auth/profile/").json()["assigned_doctor"]

    assert (assigned is None) is required
    if assigned:
        assert assigned["is_verified"] is False


def test_what_has_run_out_is_said_wherever_the_doctor_is_shown(
    api, alices_record, dr_bob, comment
):
    run_out(dr_bob)
    client = api("alice")

    (doctor,) = client.get("/api/auth/doctors/").json()["results"]
    (said,) = client.get(f"{RECORDS}{alices_record.pk}/").json()["doctor_comments"]
    assert doctor["is_verified"] is said["doctor"]["is_verified"] is False
    assert api("dr_bob").get(OWN).json()["is_verified"] is False


def test_a_doctor_whose_verification_ran_out_asks_nobody(api, consent, carol, dr_bob):
    run_out(dr_bob)
    client = api("dr_bob")

    with nothing_written():
        response = client.post(
            "/api/auth/assign-doctor/", {"patient_id": str(carol.pk)}
        )

    problem_of(response, 403, "not_verified")


def test_staff_assign_nobody_to_a_doctor_whose_verification_ran_out(
    api, sam, carol, dr_bob
):
    run_out(dr_bob)
    client = api("sam")
    body = {"patient_id": str(carol.pk), "doctor_id": str(dr_bob.pk)}

    with nothing_written():
        response = client.post("/api/auth/assign-doctor/", body)

    problem_of(response, 409, "doctor_not_verified")
