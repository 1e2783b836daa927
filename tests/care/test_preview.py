"""What a doctor can see under a grant, given or not, for the patient to look at."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import GrantOrigin, RecordType
from phr.core.ids import uuid7
from tests.care.conftest import grant_between
from tests.factories import CareGrantFactory, HealthRecordFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
TERMS = f"{GRANTS}preview/"
RECORDS = "/api/health-records/"


@pytest.fixture
def sixty(alice, carol):
    """41 lab results since the new year, 12 check-ups, 7 earlier lab results."""
    for count, kind, day in (
        (41, RecordType.LAB_RESULT, "2026-02-01"),
        (12, RecordType.CHECKUP, "2026-02-01"),
        (7, RecordType.LAB_RESULT, "2025-02-01"),
    ):
        for _ in range(count):
            HealthRecordFactory(
                patient=alice, record_type=kind, visit_date=f"{day}T09:00:00Z"
            )
    HealthRecordFactory(patient=carol, record_type=RecordType.LAB_RESULT)


LABS = {"record_types": ["LAB_RESULT"], "records_since": "2026-01-01"}


def all_pages(fetch, first):
    found, answer = [], first
    while True:
        found += [row["id"] for row in answer["results"]]
        if answer["next"] is None:
            return found
        answer = fetch(answer["next"]).json()


def test_the_preview_says_how_many_of_how_many_and_why(api, sixty, alice, dr_bob):
    patient, grant = api("alice"), grant_between(alice, dr_bob)
    patient.patch(f"{GRANTS}{grant.pk}/", LABS)

    shown = patient.get(f"{GRANTS}{grant.pk}/preview/").json()

    assert (shown["visible"], shown["total"]) == (41, 60)
    assert shown["hidden"] == {"closed": None, "other_types": 12, "earlier_visits": 7}
    assert shown["because"] == (
        "41 of 60, because the others are: 12 of types that the grant does not cover; "
        "7 of visits before the first day that it covers."
    )


def test_the_preview_lists_exactly_what_the_doctor_lists(api, sixty, alice, dr_bob):
    patient, doctor = api("alice"), api("dr_bob")
    grant = grant_between(alice, dr_bob)
    patient.patch(f"{GRANTS}{grant.pk}/", LABS)

    shown = patient.get(f"{GRANTS}{grant.pk}/preview/").json()
    seen = doctor.get(RECORDS).json()

    previewed = all_pages(patient.get, shown)
    assert previewed == all_pages(doctor.get, seen)
    assert len(previewed) == 41


def test_terms_not_given_show_what_they_would_open(api, sixty, dr_dan):
    patient, body = api("alice"), {"doctor_id": str(dr_dan.pk), **LABS}
    with nothing_written():
        shown = patient.post(f"{TERMS}?page_size=25", body).json()
        previewed = all_pages(lambda url: patient.post(url, body), shown)

    patient.post(GRANTS, body)

    doctor = api("dr_dan")
    assert (shown["visible"], shown["total"]) == (41, 60)
    assert previewed == all_pages(doctor.get, doctor.get(RECORDS).json())


def test_a_grant_for_everything_hides_nothing(api, sixty, dr_dan):
    shown = api("alice").post(TERMS, {"doctor_id": str(dr_dan.pk)}).json()

    assert shown["because"] == "60 of 60, because the grant covers all of them."


@pytest.mark.parametrize(
    ("trait", "closed", "why"),
    [
        ("pending", "PENDING", "it has not been accepted"),
        ("declined", "DECLINED", "it was declined"),
        ("ended", "ENDED", "it was ended"),
        ("expired", "EXPIRED", "it has expired"),
    ],
)
def test_a_closed_grant_shows_nothing_and_says_why(
    api, alice, alices_record, trait, closed, why
):
    grant = CareGrantFactory(patient=alice, **{trait: True})

    shown = api("alice").get(f"{GRANTS}{grant.pk}/preview/").json()

    assert (shown["visible"], shown["total"], shown["results"]) == (0, 1, [])
    assert shown["hidden"]["closed"] == closed
    assert shown["because"] == f"0 of 1, because {why}."


def test_a_grant_that_has_not_begun_shows_nothing_yet(api, alice, alices_record):
    tomorrow = timezone.now() + timedelta(days=1)
    grant = CareGrantFactory(patient=alice, starts_at=tomorrow)

    shown = api("alice").get(f"{GRANTS}{grant.pk}/preview/").json()

    assert (shown["visible"], shown["hidden"]["closed"]) == (0, "NOT_STARTED")


def test_with_consent_an_unverified_doctor_is_shown_nothing(
    api, alice, alices_record, dr_dan, settings
):
    settings.CARE_CONSENT_REQUIRED = True
    grant = CareGrantFactory(patient=alice, doctor=dr_dan)
    patient = api("alice")

    given = patient.get(f"{GRANTS}{grant.pk}/preview/").json()
    thought_of = patient.post(TERMS, {"doctor_id": str(dr_dan.pk)}).json()

    for shown in (given, thought_of):
        assert (shown["visible"], shown["results"]) == (0, [])
        assert shown["hidden"]["closed"] == "NOT_VERIFIED"


def test_what_is_deleted_is_neither_shown_nor_counted(
    api, alice, alices_record, bobs_grant
):
    HealthRecordFactory(patient=alice)
    patient = api("alice")
    patient.delete(f"{RECORDS}{alices_record.pk}/")

    shown = patient.get(f"{GRANTS}{bobs_grant.pk}/preview/").json()

    assert (shown["visible"], shown["total"]) == (1, 1)


def test_a_doctor_does_not_learn_how_much_is_hidden(api, bobs_grant, alices_record):
    doctor = api("dr_bob")

    with nothing_written():
        problem_of(doctor.get(f"{GRANTS}{bobs_grant.pk}/preview/"), 403, "not_allowed")
        problem_of(
            doctor.post(TERMS, {"doctor_id": str(bobs_grant.doctor_id)}),
            403,
            "not_allowed",
        )


@pytest.mark.parametrize("who", ["carol", "dr_dan", "sam"])
def test_nobody_previews_the_grants_of_others(api, bobs_grant, request, who):
    request.getfixturevalue(who)
    client = api(who)

    with nothing_written():
        problem_of(client.get(f"{GRANTS}{bobs_grant.pk}/preview/"), 404, "not_found")


def test_a_preview_for_nobody_is_a_404(api, alice, carol):
    patient = api("alice")

    for nobody in (uuid7(), carol.pk):
        problem = problem_of(
            patient.post(TERMS, {"doctor_id": str(nobody)}), 404, "not_found"
        )
        assert problem["errors"][0]["field"] == "doctor_id"


def test_a_preview_refuses_what_an_invitation_refuses(api, dr_dan, alice):
    body = {"doctor_id": str(dr_dan.pk), "record_types": ["HOROSCOPE"]}
    past = {"doctor_id": str(dr_dan.pk), "expires_at": "2020-01-01T00:00:00Z"}
    patient = api("alice")

    assert faults_of(patient.post(TERMS, body)) == {
        ("record_types.0", "invalid_choice")
    }
    assert faults_of(patient.post(TERMS, past)) == {
        ("expires_at", "expires_in_the_past")
    }


def test_looking_at_ones_own_previews_is_not_entered(api, alices_record, bobs_grant):
    patient = api("alice")

    patient.get(f"{GRANTS}{bobs_grant.pk}/preview/")
    patient.post(TERMS, {"doctor_id": str(bobs_grant.doctor_id)})

    assert not AccessEntry.objects.exclude(action="accounts.signed_in").exists()


def test_an_emergency_access_is_previewed_beside_the_grant_that_it_goes_beyond(
    api, alice, alices_record, dr_fay
):
    emergency = CareGrantFactory(
        patient=alice,
        doctor=dr_fay,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    narrow = alice.care_grants.exclude(pk=emergency.pk).get(doctor=dr_fay)
    patient = api("alice")

    def visible(grant):
        return patient.get(f"{GRANTS}{grant.pk}/preview/").json()["visible"]

    assert (visible(narrow), visible(emergency)) == (0, 1)
