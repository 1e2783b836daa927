"""Accepting, declining, changing and ending a grant."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import GrantStatus, RecordType
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.care.conftest import grant_between
from tests.factories import HealthRecordFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"
VERBS = ("accept", "decline", "end")


def may_read(client, record):
    return client.get(f"{RECORDS}{record.pk}/").status_code == 200


def test_an_accepted_doctor_reads_at_once(api, do, asked, alices_record):
    doctor = api("dr_hal")
    assert not may_read(doctor, alices_record)

    answer = do("accept", asked, reason="You are welcome")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ACTIVE"
    assert answer.json()["decision_reason"] == "You are welcome"
    assert may_read(doctor, alices_record)


def test_the_patient_narrows_what_they_accept(api, alice, do, asked, alices_record):
    lab = HealthRecordFactory(patient=alice, record_type=RecordType.LAB_RESULT)
    end = (timezone.now() + timedelta(days=30)).isoformat()

    answer = do("accept", asked, record_types=["LAB_RESULT"], expires_at=end).json()

    doctor = api("dr_hal")
    assert (answer["record_types"], answer["is_primary"]) == (["LAB_RESULT"], False)
    assert may_read(doctor, lab)
    assert not may_read(doctor, alices_record)
    CareGrant.objects.update(expires_at=timezone.now())
    assert not may_read(doctor, lab)


def test_accepting_a_hand_over_moves_the_primary_place(
    api, do, asked, bobs_grant, alices_record
):
    CareGrant.objects.filter(pk=asked.pk).update(is_primary=True)

    do("accept", asked)

    profile = api("alice").get("/api/auth/profile/").json()
    assert profile["assigned_doctor"]["id"] == str(asked.doctor_id)
    assert may_read(api("dr_bob"), alices_record)


def test_with_consent_a_doctor_who_is_not_verified_any_more_is_not_accepted(
    do, asked, settings
):
    settings.CARE_CONSENT_REQUIRED = True
    asked.doctor.verified_until = timezone.now()
    asked.doctor.save()

    with nothing_written():
        problem_of(do("accept", asked), 409, "doctor_not_verified")


def test_a_declined_doctor_reads_nothing_and_may_ask_again(
    api, alice, do, asked, alices_record
):
    doctor = api("dr_hal")

    answer = do("decline", asked, reason="I see somebody else").json()

    assert (answer["status"], answer["decision_reason"]) == (
        "DECLINED",
        "I see somebody else",
    )
    assert not may_read(doctor, alices_record)
    assert doctor.post(GRANTS, {"patient_id": str(alice.pk)}).status_code == 201


def test_ending_closes_the_next_page_that_the_doctor_asks_for(
    api, alice, do, bobs_grant
):
    for _ in range(3):
        HealthRecordFactory(patient=alice)
    doctor = api("dr_bob")
    first = doctor.get(RECORDS, {"page_size": 2}).json()

    do("end", bobs_grant, reason="Moved away")

    assert len(first["results"]) == 2
    assert doctor.get(first["next"]).json()["results"] == []
    for row in first["results"]:
        problem_of(doctor.get(f"{RECORDS}{row['id']}/"), 404, "not_found")
        url = f"{RECORDS}{row['id']}/comments/"
        problem_of(doctor.post(url, {"comment": "Late"}), 404, "not_found")


def test_narrowing_takes_effect_with_the_next_request(
    api, alice, do, bobs_grant, alices_record
):
    lab = HealthRecordFactory(patient=alice, record_type=RecordType.LAB_RESULT)
    doctor = api("dr_bob")

    answer = do("change", bobs_grant, record_types=["LAB_RESULT", "LAB_RESULT"])

    assert answer.json()["record_types"] == ["LAB_RESULT"]
    assert [row["id"] for row in doctor.get(RECORDS).json()["results"]] == [str(lab.pk)]
    assert not may_read(doctor, alices_record)


def test_the_patient_may_also_widen_again(api, do, bobs_grant, alices_record):
    doctor = api("dr_bob")
    do("change", bobs_grant, record_types=["LAB_RESULT"], records_since="2026-06-01")

    do("change", bobs_grant, record_types=[], records_since=None)

    assert may_read(doctor, alices_record)


def test_the_patient_makes_another_doctor_the_primary_one(
    api, alice, do, dr_bob, dr_fay
):
    do("change", grant_between(alice, dr_fay), is_primary=True)

    profile = api("alice").get("/api/auth/profile/").json()
    assert profile["assigned_doctor"]["id"] == str(dr_fay.pk)
    assert not grant_between(alice, dr_bob).is_primary


def test_the_patient_has_no_primary_doctor_any_more(api, do, bobs_grant):
    do("change", bobs_grant, is_primary=False)

    assert api("alice").get("/api/auth/profile/").json()["assigned_doctor"] is None


def test_changing_nothing_writes_nothing(do, bobs_grant):
    with nothing_written():
        assert do("change", bobs_grant).status_code == 200
        assert do("change", bobs_grant, record_types=[]).status_code == 200


@pytest.mark.parametrize(
    ("terms", "faults"),
    [
        ({"record_types": ["HOROSCOPE"]}, {("record_types.0", "invalid_choice")}),
        (
            {"expires_at": "2020-01-01T00:00:00Z"},
            {("expires_at", "expires_in_the_past")},
        ),
        (
            {"expires_at": "2030-01-01T00:00:00Z", "records_since": "2031-01-01"},
            {("records_since", "dates_out_of_order")},
        ),
        ({"doctor": "somebody"}, {("doctor", "read_only")}),
    ],
)
@pytest.mark.parametrize("verb", ["accept", "change"])
def test_terms_that_make_no_sense_change_nothing(do, asked, verb, terms, faults):
    with nothing_written():
        assert faults_of(do(verb, asked, **terms)) == faults


def test_a_day_and_an_end_are_compared_with_what_the_grant_has(do, bobs_grant):
    do("change", bobs_grant, records_since="2031-01-01")

    with nothing_written():
        refused = faults_of(do("change", bobs_grant, expires_at="2030-01-01T00:00:00Z"))

    assert refused == {("records_since", "dates_out_of_order")}


STEPS = [
    ("accept", "care.grant_accepted", "accepted"),
    ("decline", "care.grant_declined", "declined"),
    ("end", "care.grant_ended", "closed"),
]


@pytest.mark.parametrize(("verb", "action", "word"), STEPS)
def test_every_step_is_entered_announced_and_told(
    do, asked, dr_hal, deliver, verb, action, word
):
    do(verb, asked)
    deliver()

    line = AccessEntry.objects.get(action=action)
    assert (line.basis, line.grant_id, line.outcome) == ("OWN", asked.pk, "ALLOWED")
    event = OutboxEvent.objects.get(kind=action)
    assert event.payload == {"grant_id": str(asked.pk)}
    told = Notification.objects.get(notification_type="CARE_CHANGED")
    assert told.recipient == dr_hal.user
    assert word in told.message
    assert ("Moreau" in told.message) is (verb == "accept")


def test_other_terms_are_entered_announced_and_told(do, bobs_grant, dr_bob, deliver):
    do("change", bobs_grant, record_types=["CHECKUP"])
    deliver()

    assert AccessEntry.objects.filter(action="care.grant_changed").count() == 1
    told = Notification.objects.get()
    assert (told.recipient, "has changed" in told.message) == (dr_bob.user, True)


def test_other_terms_of_a_request_are_not_told_before_it_is_answered(
    do, asked, deliver
):
    do("change", asked, record_types=["CHECKUP"])
    deliver()

    assert not Notification.objects.exists()
    asked.refresh_from_db()
    assert (asked.status, asked.record_types) == (GrantStatus.PENDING, ["CHECKUP"])
