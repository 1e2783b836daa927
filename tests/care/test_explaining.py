"""Why a doctor can or cannot see a record, in a sentence and in data."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import GrantOrigin, RecordType
from phr.care.models import CareGrant
from phr.core.ids import uuid7
from phr.health_records.models import HealthRecord
from tests.factories import CareGrantFactory, DoctorFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

EXPLAIN = "/api/care/explain/"


@pytest.fixture
def why(api, alices_record):
    """Ask about a doctor and Alice's record, as Alice unless another is named."""
    clients = {"alice": api("alice")}

    def ask(doctor, who="alice", record=alices_record):
        client = clients.get(who) or api(who)
        query = {
            "doctor": str(getattr(doctor, "pk", doctor)),
            "record": str(getattr(record, "pk", record)),
        }
        return client.get(EXPLAIN, query)

    return ask


HOUR = timedelta(hours=1)
CASES = [
    ("covered", {}, True),
    ("pending", {"pending": True}, False),
    ("declined", {"declined": True}, False),
    ("ended", {"ended": True}, False),
    ("expired", {"expired": True}, False),
    ("other_type", {"record_types": [RecordType.LAB_RESULT]}, False),
    ("earlier_visit", {"records_since": "2026-06-01"}, False),
]


@pytest.mark.parametrize(("code", "grant", "can_see"), CASES)
def test_the_reason_is_what_the_grant_says(alice, why, code, grant, can_see):
    doctor = DoctorFactory()
    given = CareGrantFactory(patient=alice, doctor=doctor, **grant)

    answer = why(doctor).json()

    assert (answer["can_see"], answer["code"]) == (can_see, code)
    assert answer["grant"]["id"] == str(given.pk)
    assert ("can see" if can_see else "cannot see") in answer["sentence"]


def test_a_doctor_who_has_never_had_a_grant_has_none(why, dr_dan):
    answer = why(dr_dan).json()

    assert (answer["can_see"], answer["code"], answer["grant"]) == (
        False,
        "no_grant",
        None,
    )


def test_a_grant_that_has_not_begun_is_the_reason(alice, why, dr_dan):
    CareGrantFactory(patient=alice, doctor=dr_dan, starts_at=timezone.now() + HOUR)

    assert why(dr_dan).json()["code"] == "not_started"


def test_emergency_access_is_the_reason_where_the_grant_does_not_reach(
    alice, why, dr_fay
):
    assert why(dr_fay).json()["code"] == "other_type"

    CareGrantFactory(
        patient=alice,
        doctor=dr_fay,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + HOUR,
    )

    answer = why(dr_fay).json()
    assert (answer["can_see"], answer["code"]) == (True, "emergency")
    assert answer["grant"]["origin"] == "EMERGENCY"


def test_with_consent_a_run_out_verification_is_the_reason(why, dr_bob, settings):
    settings.CARE_CONSENT_REQUIRED = True
    assert why(dr_bob).json()["can_see"] is True

    dr_bob.verified_until = timezone.now()
    dr_bob.save()

    assert why(dr_bob).json()["code"] == "not_verified"


def test_a_closed_account_is_the_reason(alice, why, dr_bob):
    dr_bob.user.is_active = False
    dr_bob.user.save()

    answer = why(dr_bob).json()

    assert (answer["can_see"], answer["code"]) == (False, "doctor_inactive")


def test_an_open_grant_counts_and_not_an_older_one(alice, why, dr_eve):
    CareGrantFactory(patient=alice, doctor=dr_eve, declined=True)
    CareGrantFactory(patient=alice, doctor=dr_eve)
    CareGrantFactory(patient=alice, doctor=dr_eve, ended=True)

    assert why(dr_eve).json()["code"] == "covered"


def test_a_doctor_asks_why_they_themselves_can_see(why, dr_bob):
    answer = why(dr_bob, who="dr_bob").json()

    assert (answer["can_see"], answer["code"]) == (True, "covered")


@pytest.mark.parametrize("who", ["dr_dan", "dr_eve", "dr_fay", "carol", "sam"])
def test_a_record_that_one_may_not_know_is_not_explained(
    request, why, alices_record, who
):
    person = request.getfixturevalue(who)
    doctor = person if who.startswith("dr_") else uuid7()

    hidden = problem_of(why(doctor, who=who), 404, "not_found")
    missing = problem_of(why(doctor, who=who, record=uuid7()), 404, "not_found")

    ids = {"request_id"}
    assert [hidden[name] for name in hidden if name not in ids] == [
        missing[name] for name in missing if name not in ids
    ]
    line = AccessEntry.objects.filter(outcome="REFUSED").earliest("at")
    assert (line.patient_id, line.object_ids) == (
        alices_record.patient_id,
        [alices_record.pk],
    )


def test_a_doctor_cannot_ask_about_another_doctor(why, dr_bob, dr_fay):
    problem_of(why(dr_fay, who="dr_bob"), 404, "not_found")


def test_somebody_who_is_no_doctor_is_not_explained(why, carol):
    for nobody in (uuid7(), carol.pk):
        problem_of(why(nobody), 404, "not_found")


def test_a_stranger_whose_account_is_closed_is_not_there(why, dr_dan):
    dr_dan.user.is_active = False
    dr_dan.user.save()

    problem_of(why(dr_dan), 404, "not_found")


def test_a_deleted_record_is_not_explained(why, dr_bob, alices_record):
    HealthRecord.objects.update(deleted_at=timezone.now())

    problem_of(why(dr_bob), 404, "not_found")


def test_both_must_be_named(api, alice):
    patient = api("alice")

    assert faults_of(patient.get(EXPLAIN)) == {
        ("doctor", "required"),
        ("record", "required"),
    }
    assert faults_of(patient.get(EXPLAIN, {"doctor": "bob", "record": "knee"})) == {
        ("doctor", "invalid"),
        ("record", "invalid"),
    }
    unknown = patient.get(EXPLAIN, {"patient": str(alice.pk)})
    assert faults_of(unknown) == {("patient", "unknown_field")}


def test_asking_writes_nothing(why, dr_bob):
    why(dr_bob)

    with nothing_written():
        why(dr_bob)
    assert CareGrant.objects.count() == 1
