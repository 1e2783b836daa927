"""Accepting, declining, changing and ending a grant."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.care.conftest import grant_between
from tests.factories import CareGrantFactory, HealthRecordFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"
VERBS = ("accept", "decline", "end")


@pytest.fixture
def asked(alice, dr_hal):
    """Dr. Hal's request, which Alice has not answered."""
    return grant_between(alice, dr_hal)


@pytest.fixture
def do(api, alice):
    """Send a verb, or "change", for a grant, as Alice unless another is named."""
    clients = {"alice": api("alice")}

    def send(verb, grant, who="alice", **body):
        client = clients.get(who) or api(who)
        url = f"{GRANTS}{getattr(grant, 'pk', grant)}/"
        if verb == "change":
            return client.patch(url, body)
        return client.post(f"{url}{verb}/", body)

    return send


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


ILLEGAL = [
    (verb, trait, code, present)
    for trait, present in (
        ("primary", "ACTIVE"),
        ("declined", "DECLINED"),
        ("ended", "ENDED"),
        ("expired", "EXPIRED"),
    )
    for verb, code in (
        ("accept", "grant_not_pending"),
        ("decline", "grant_not_pending"),
        ("end", "grant_not_open"),
        ("change", "grant_not_open"),
    )
    if (present, code) != ("ACTIVE", "grant_not_open")
]


@pytest.mark.parametrize(("verb", "trait", "code", "present"), ILLEGAL)
def test_an_illegal_step_is_a_conflict_that_says_the_present_state(
    alice, do, verb, trait, code, present
):
    grant = CareGrantFactory(patient=alice, **{trait: True})

    with nothing_written():
        body = {"is_primary": True} if verb == "change" else {}
        problem = problem_of(do(verb, grant, **body), 409, code)

    assert problem["present"] == present


def test_a_request_that_has_run_out_cannot_be_accepted(alice, do):
    grant = CareGrantFactory(patient=alice, pending=True, expired=True)

    with nothing_written():
        problem = problem_of(do("accept", grant), 409, "grant_not_pending")

    assert problem["present"] == "EXPIRED"


@pytest.mark.parametrize("verb", VERBS)
def test_doing_it_twice_is_a_conflict(do, asked, verb):
    assert do(verb, asked).status_code == 200

    with nothing_written():
        assert do(verb, asked).status_code == 409


def test_an_emergency_access_is_ended_but_never_changed(alice, do, dr_dan):
    grant = CareGrantFactory(
        patient=alice,
        doctor=dr_dan,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
    )

    with nothing_written():
        problem_of(
            do("change", grant, record_types=["CHECKUP"]),
            409,
            "emergency_grant_is_fixed",
        )
    assert do("end", grant).json()["status"] == "ENDED"


@pytest.mark.parametrize("verb", ["accept", "decline", "change"])
def test_a_doctor_does_not_answer_for_the_patient(api, do, asked, verb):
    doctor = api("dr_hal")
    url = f"{GRANTS}{asked.pk}/"

    with nothing_written():
        if verb == "change":
            refused = doctor.patch(url, {"record_types": []})
        else:
            refused = doctor.post(f"{url}{verb}/", {})
        problem_of(refused, 403, "not_allowed")
    line = AccessEntry.objects.get(outcome="REFUSED")
    assert (line.patient_id, line.object_ids) == (asked.patient_id, [asked.pk])


@pytest.mark.parametrize("who", ["dr_hal", "sam"])
def test_the_doctor_and_staff_end_it_too(do, asked, who, request):
    request.getfixturevalue(who)

    assert do("end", asked, who=who).json()["status"] == "ENDED"


@pytest.mark.parametrize("verb", [*VERBS, "change"])
@pytest.mark.parametrize("who", ["carol", "dr_dan"])
def test_grants_of_others_are_not_there(api, bobs_grant, request, who, verb):
    request.getfixturevalue(who)
    client = api(who)

    def send(grant_id):
        url = f"{GRANTS}{grant_id}/"
        if verb == "change":
            return client.patch(url, {"is_primary": True})
        return client.post(f"{url}{verb}/", {})

    with nothing_written():
        hidden = problem_of(send(bobs_grant.pk), 404, "not_found")
        missing = problem_of(send(uuid7()), 404, "not_found")
    ids = {"instance", "request_id"}
    assert {k: hidden[k] for k in hidden.keys() - ids} == {
        k: missing[k] for k in missing.keys() - ids
    }


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
    told = Notification.objects.get()
    assert told.recipient == dr_hal.user
    assert told.notification_type == "CARE_CHANGED"
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
