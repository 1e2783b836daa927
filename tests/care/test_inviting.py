"""A patient lets a doctor in, and both read which grants they have."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry, Outcome
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.factories import CareGrantFactory, HealthRecordFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"


@pytest.fixture
def invite(api):
    patient = api("alice")  # before a test looks at what is written

    def send(doctor, **terms):
        return patient.post(GRANTS, {"doctor_id": str(doctor.pk), **terms})

    return send


def titles_seen_by(client):
    return {row["title"] for row in client.get(RECORDS).json()["results"]}


def test_an_invited_doctor_reads_at_once(api, invite, alices_record, dr_dan):
    assert api("dr_dan").get(f"{RECORDS}{alices_record.pk}/").status_code == 404

    response = invite(dr_dan, reason="For my knee")

    assert response.status_code == 201
    assert response.json()["status"] == "ACTIVE"
    assert response.json()["origin"] == "PATIENT"
    assert response.json()["reason"] == "For my knee"
    assert api("dr_dan").get(f"{RECORDS}{alices_record.pk}/").status_code == 200


def test_an_invited_doctor_reads_only_what_the_terms_cover(api, alice, invite, dr_dan):
    for kind, day in (
        (RecordType.LAB_RESULT, "2026-02-01"),
        (RecordType.LAB_RESULT, "2025-02-01"),
        (RecordType.CHECKUP, "2026-02-01"),
    ):
        HealthRecordFactory(
            patient=alice,
            record_type=kind,
            title=f"{kind} {day}",
            visit_date=f"{day}T09:00:00Z",
        )

    invite(dr_dan, record_types=["LAB_RESULT"], records_since="2026-01-01")

    assert titles_seen_by(api("dr_dan")) == {"LAB_RESULT 2026-02-01"}


def test_the_invited_doctor_is_told_and_it_is_entered(alice, invite, dr_dan, deliver):
    grant_id = invite(dr_dan).json()["id"]
    deliver()

    told = Notification.objects.get(recipient=dr_dan.user)
    assert told.notification_type == "CARE_CHANGED"
    assert "Alice Moreau" in told.message
    line = AccessEntry.objects.get(action="care.doctor_invited")
    assert (line.patient_id, str(line.grant_id)) == (alice.pk, grant_id)
    assert (line.actor_id, line.basis) == (alice.user.pk, "OWN")
    event = OutboxEvent.objects.get(kind="care.doctor_invited")
    assert event.payload == {"grant_id": grant_id}


def test_an_invited_primary_doctor_takes_the_place_and_the_other_keeps_access(
    api, alice, invite, dr_bob, bobs_grant, dr_dan, alices_record
):
    invite(dr_dan, is_primary=True)

    profile = api("alice").get("/api/auth/profile/").json()
    assert profile["assigned_doctor"]["id"] == str(dr_dan.pk)
    assert api("dr_bob").get(f"{RECORDS}{alices_record.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("trait", "code", "present"),
    [
        ("primary", "already_in_care", "ACTIVE"),
        ("pending", "already_requested", "PENDING"),
    ],
)
def test_there_is_one_open_grant_for_a_pair(
    alice, invite, dr_dan, trait, code, present
):
    CareGrantFactory(patient=alice, doctor=dr_dan, **{trait: True})

    with nothing_written():
        problem = problem_of(invite(dr_dan), 409, code)

    assert problem["present"] == present


@pytest.mark.parametrize("trait", ["ended", "declined", "expired"])
def test_what_is_closed_is_not_in_the_way(alice, invite, dr_dan, trait):
    CareGrantFactory(patient=alice, doctor=dr_dan, **{trait: True})

    assert invite(dr_dan).status_code == 201


def test_with_consent_only_verified_doctors_are_invited(
    alice, invite, dr_dan, dr_eve, settings
):
    settings.CARE_CONSENT_REQUIRED = True

    with nothing_written():
        problem_of(invite(dr_dan), 409, "doctor_not_verified")
    assert invite(dr_eve).status_code == 201


@pytest.mark.parametrize(
    ("terms", "faults"),
    [
        ({"record_types": ["HOROSCOPE"]}, {("record_types.0", "invalid_choice")}),
        ({"record_types": "CHECKUP"}, {("record_types", "not_a_list")}),
        ({"records_since": "2026-02-30"}, {("records_since", "invalid")}),
        ({"expires_at": "2027-01-01T00:00:00"}, {("expires_at", "no_zone")}),
        (
            {"expires_at": "2020-01-01T00:00:00Z"},
            {("expires_at", "expires_in_the_past")},
        ),
        (
            {"expires_at": "2030-01-01T00:00:00Z", "records_since": "2031-01-01"},
            {("records_since", "dates_out_of_order")},
        ),
        (
            {"expires_at": "2030-01-01T09:59:00Z", "records_since": "2030-01-02"},
            {("records_since", "dates_out_of_order")},
        ),
        ({"is_primary": "yes"}, {("is_primary", "invalid")}),
        ({"reason": "x" * 501}, {("reason", "max_length")}),
        ({"status": "ACTIVE"}, {("status", "read_only")}),
        ({"patient_id": str(uuid7())}, {("patient_id", "unknown_field")}),
    ],
)
def test_terms_that_make_no_sense_are_refused_whole(
    alice, invite, dr_dan, terms, faults
):
    with nothing_written():
        assert faults_of(invite(dr_dan, **terms)) == faults


def test_a_grant_may_end_with_the_calendar(invite, dr_dan):
    last = {"expires_at": "9999-12-31T23:59:59Z", "records_since": "2026-01-01"}

    assert invite(dr_dan, **last).status_code == 201


def test_a_grant_may_end_on_its_first_day_where_that_begins_first(invite, dr_dan):
    ahead = {"expires_at": "2030-01-01T10:00:00Z", "records_since": "2030-01-02"}

    assert invite(dr_dan, **ahead).status_code == 201


def test_a_doctor_whom_there_is_not_cannot_be_invited(
    api, alice, carol, invite, dr_dan
):
    dr_dan.user.is_active = False
    dr_dan.user.save()

    with nothing_written():
        for nobody in (carol, dr_dan):
            problem = problem_of(invite(nobody), 404, "not_found")
            assert problem["errors"][0]["field"] == "doctor_id"


def test_staff_neither_invite_nor_ask(api, alice, dr_dan, sam):
    staff = api("sam")

    for body in ({"patient_id": str(alice.pk)}, {"doctor_id": str(dr_dan.pk)}):
        with nothing_written():
            problem_of(staff.post(GRANTS, body), 403, "not_allowed")


@pytest.mark.parametrize("state", GrantStatus.values)
def test_the_list_is_narrowed_to_a_state(api, alice, dr_dan, state):
    made = {
        "PENDING": CareGrantFactory(patient=alice, pending=True),
        "ACTIVE": CareGrantFactory(patient=alice),
        "DECLINED": CareGrantFactory(patient=alice, declined=True),
        "ENDED": CareGrantFactory(patient=alice, ended=True),
        "EXPIRED": CareGrantFactory(patient=alice, expired=True),
    }

    listed = api("alice").get(GRANTS, {"status": state}).json()["results"]

    assert [(row["id"], row["status"]) for row in listed] == [
        (str(made[state].pk), state)
    ]


def test_a_state_that_is_none_is_refused(api, alice):
    refused = faults_of(api("alice").get(GRANTS, {"status": "OPEN"}))

    assert refused == {("status", "invalid_choice")}


def test_each_side_lists_its_own_grants_the_latest_first(
    api, alice, carol, dr_bob, dr_fay, bobs_grant
):
    now = timezone.now()
    CareGrant.objects.filter(pk=bobs_grant.pk).update(requested_at=now)
    of_carol = CareGrantFactory(
        patient=carol, doctor=dr_bob, requested_at=now - timedelta(days=1)
    )

    def listed(who):
        return [row["id"] for row in api(who).get(GRANTS).json()["results"]]

    fays = CareGrant.objects.get(doctor=dr_fay)
    assert listed("alice") == [str(bobs_grant.pk), str(fays.pk)]
    assert listed("dr_bob") == [str(bobs_grant.pk), str(of_carol.pk)]
    assert listed("carol") == [str(of_carol.pk)]


def test_what_is_over_names_the_patient_to_the_doctor_no_more(api, dr_eve, dr_gil):
    for who in ("dr_eve", "dr_gil"):
        answer = api(who).get(GRANTS)
        assert answer.json()["results"][0]["patient"]["user"] is None
        assert "Moreau" not in answer.content.decode()


def test_nobody_is_shown_the_grants_of_others(api, bobs_grant, carol, dr_dan):
    for who in ("carol", "dr_dan"):
        assert api(who).get(GRANTS).json()["results"] == []
        problem_of(api(who).get(f"{GRANTS}{bobs_grant.pk}/"), 404, "not_found")
    tried = AccessEntry.objects.filter(outcome=Outcome.REFUSED)
    assert {line.patient_id for line in tried} == {bobs_grant.patient_id}
    assert {line.action for line in tried} == {"care.grant_read"}


def test_the_origin_is_the_side_that_began(alice, invite, ask, dr_dan, dr_fay, dr_eve):
    invite(dr_eve)
    ask(alice)

    assert CareGrant.objects.get(doctor=dr_dan).origin == GrantOrigin.DOCTOR
    invited = CareGrant.objects.get(doctor=dr_eve, status=GrantStatus.ACTIVE)
    assert invited.origin == GrantOrigin.PATIENT


def test_staff_do_not_read_what_patient_and_doctor_say_to_each_other(
    api, invite, dr_dan, sam
):
    grant = invite(dr_dan, reason="For my knee").json()
    url = f"{GRANTS}{grant['id']}/"

    read = api("sam").get(url)
    ended = api("sam").post(f"{url}end/", {})

    assert api("dr_dan").get(url).json()["reason"] == "For my knee"
    for answer in (read, ended):
        assert answer.status_code == 200
        assert "knee" not in answer.content.decode()
        assert not {"reason", "decision_reason", "end_reason"} & answer.json().keys()


def test_with_consent_a_doctor_who_is_not_verified_any_more_reads_no_name(
    api, alice, dr_bob, settings
):
    settings.CARE_CONSENT_REQUIRED = True
    doctor = api("dr_bob")
    assert "Moreau" in doctor.get(GRANTS).content.decode()

    dr_bob.verified_until = timezone.now()
    dr_bob.save()

    assert "Moreau" not in doctor.get(GRANTS).content.decode()
