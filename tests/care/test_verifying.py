"""Staff decide who a doctor is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.audit.models import AccessEntry, Basis
from phr.care.choices import VerificationStatus
from phr.care.registration import LicenseNumberTaken
from phr.care.verification import NothingToVerify, refuse_doctor, verify_doctor
from phr.core.errors import NotAllowed, NotFound
from phr.core.ids import uuid7
from tests.at_once import all_at_once
from tests.care.licenses import (
    LICENSE,
    OWN,
    STAFF,
    YEAR,
    decide,
    in_a_year,
    states_of,
    verify,
)
from tests.conftest import user_of
from tests.factories import DoctorFactory, DoctorVerificationFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written


def test_staff_verify_a_doctor(api, sam, dr_dan):
    api("dr_dan").post(OWN, LICENSE)
    until = in_a_year()

    response = decide(api("sam"), dr_dan, decision="VERIFY", valid_until=until)

    body = response.json()
    assert response.status_code == 200
    assert (body["status"], body["doctor"]["is_verified"]) == ("VERIFIED", True)
    dr_dan.refresh_from_db()
    assert dr_dan.verified_by == sam
    assert dr_dan.verified_until.isoformat() == until
    assert dr_dan.verified_at <= timezone.now()
    assert api("dr_dan").get("/api/auth/profile/").json()["is_verified"] is True
    own = api("dr_dan").get("/api/auth/profile/").json()
    assert own["verified_until"] == body["valid_until"]
    line = AccessEntry.objects.get(action="care.doctor_verified")
    assert (line.actor_id, line.basis, line.object_ids) == (
        sam.pk,
        Basis.STAFF,
        [dr_dan.pk],
    )


def test_staff_verify_the_number_of_a_profile_without_a_licence_handed_in(
    api, sam, dr_dan
):
    response = verify(api("sam"), dr_dan)

    assert response.status_code == 200
    assert states_of(dr_dan) == [(dr_dan.license_number, "VERIFIED")]


def test_staff_refuse_a_licence_and_say_why(api, sam, dr_dan):
    api("dr_dan").post(OWN, LICENSE)

    response = decide(api("sam"), dr_dan, decision="REFUSE", reason="Not registered.")

    assert response.status_code == 200
    own = api("dr_dan").get(OWN).json()
    assert own["is_verified"] is False
    assert (own["latest"]["status"], own["latest"]["reason"]) == (
        "REFUSED",
        "Not registered.",
    )
    assert AccessEntry.objects.filter(action="care.doctor_refused").count() == 1


def test_a_refused_renewal_leaves_the_verification_and_a_second_no_takes_it(
    api, sam, dr_bob
):
    client, staff = api("dr_bob"), api("sam")
    client.post(OWN, LICENSE | {"license_number": dr_bob.license_number})

    decide(staff, dr_bob, decision="REFUSE", reason="The scan is unreadable.")
    assert client.get(OWN).json()["is_verified"] is True

    decide(staff, dr_bob, decision="REFUSE", reason="Struck off the register.")
    assert client.get(OWN).json()["is_verified"] is False


def test_refusing_where_nothing_waits_is_a_conflict(api, sam, dr_dan):
    staff = api("sam")

    with nothing_written():
        response = decide(staff, dr_dan, decision="REFUSE", reason="No.")

    problem_of(response, 409, "nothing_to_verify")


def test_a_doctor_who_has_named_no_licence_is_not_verified(api, sam):
    staff, doctor = api("sam"), DoctorFactory(license_number="")

    with nothing_written():
        response = verify(staff, doctor)

    problem_of(response, 409, "nothing_to_verify")


@pytest.mark.parametrize("decision", ["VERIFY", "REFUSE"])
def test_what_was_handed_in_meanwhile_is_not_decided_unseen(api, sam, dr_dan, decision):
    DoctorVerificationFactory(doctor=dr_dan)
    staff, looked_at = api("sam"), dr_dan.license_number
    api("dr_dan").post(OWN, LICENSE)
    rest = {"valid_until": in_a_year()} if decision == "VERIFY" else {"reason": "No."}

    with nothing_written():
        response = decide(
            staff, dr_dan, decision=decision, license_number=looked_at, **rest
        )
    problem_of(response, 409, "license_changed")

    response = decide(staff, dr_dan, decision=decision, license_number="MED-7", **rest)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("decision", "required"), ("valid_until", "required")}),
        ({"decision": "PERHAPS", "valid_until": 1}, None),
        ({"decision": "VERIFY"}, {("valid_until", "required")}),
        ({"decision": "REFUSE"}, {("reason", "required")}),
        ({"decision": "REFUSE", "reason": " "}, {("reason", "blank")}),
        ({"decision": "REFUSE", "reason": "x" * 501}, {("reason", "max_length")}),
        ({"reason": "No."}, {("decision", "required")}),
        (
            {"decision": "VERIFY", "valid_until": "2030-01-01T00:00:00Z", "reason": ""},
            {("reason", "not_with_this")},
        ),
        (
            {"decision": "REFUSE", "reason": "No.", "valid_until": None},
            {("valid_until", "not_with_this")},
        ),
        (
            {"decision": "VERIFY", "valid_until": "2020-01-01T00:00:00Z"},
            {("valid_until", "valid_until_out_of_range")},
        ),
        (
            {"decision": "VERIFY", "valid_until": "2056-01-01T00:00:00Z"},
            {("valid_until", "valid_until_out_of_range")},
        ),
    ],
)
def test_a_decision_that_is_not_whole_decides_nothing(api, sam, dr_dan, body, faults):
    staff = api("sam")
    api("dr_dan").post(OWN, LICENSE)

    with nothing_written():
        response = decide(staff, dr_dan, **body)

    expected = {("decision", "invalid_choice"), ("valid_until", "invalid")}
    assert faults_of(response) == (faults or expected)


@pytest.mark.parametrize("who", ["alice", "dr_bob", "dr_dan"])
def test_nobody_else_verifies_a_doctor_not_even_themself(api, request, dr_dan, who):
    user = user_of(request.getfixturevalue(who))
    client, now = api(who), timezone.now()

    with nothing_written():
        problem_of(verify(client, dr_dan), 403, "not_allowed")
        problem_of(client.get(STAFF), 403, "not_allowed")
        with pytest.raises(NotAllowed):
            verify_doctor(
                actor=user, doctor_id=dr_dan.pk, at=now, valid_until=now + YEAR
            )
        with pytest.raises(NotAllowed):
            refuse_doctor(actor=user, doctor_id=dr_dan.pk, at=now, reason="No.")


def test_a_doctor_who_does_not_exist_is_not_verified(api, sam, alice):
    staff, now = api("sam"), timezone.now()

    with nothing_written():
        problem_of(verify(staff, alice), 404, "not_found")
        with pytest.raises(NotFound):
            verify_doctor(actor=sam, doctor_id=uuid7(), at=now, valid_until=now + YEAR)


def test_a_licence_that_a_verified_doctor_holds_is_not_verified_again(api, sam, dr_bob):
    claimant = DoctorFactory(license_number=dr_bob.license_number)
    staff, now = api("sam"), timezone.now()

    with nothing_written():
        response = verify(staff, claimant)
        with pytest.raises(LicenseNumberTaken):
            verify_doctor(
                actor=sam, doctor_id=claimant.pk, at=now, valid_until=now + YEAR
            )

    assert faults_of(response) == {("license_number", "unique")}


def test_claiming_a_licence_does_not_hinder_its_real_holder(api, sam):
    holder = DoctorFactory()
    DoctorFactory(license_number=holder.license_number)

    assert verify(api("sam"), holder).status_code == 200

    holder.refresh_from_db()
    assert holder.is_verified


def test_staff_read_the_licences_of_one_state_page_by_page(api, sam):
    waiting = [DoctorVerificationFactory() for _ in range(3)]
    refused = DoctorVerificationFactory(status=VerificationStatus.REFUSED)
    staff = api("sam")

    def ids(**query):
        return [row["id"] for row in staff.get(STAFF, query).json()["results"]]

    assert ids() == ids(status="PENDING") == [str(row.pk) for row in waiting[::-1]]
    assert ids(status="REFUSED") == [str(refused.pk)]
    first = staff.get(STAFF, {"page_size": 2}).json()
    second = staff.get(first["next"]).json()
    read = [row["id"] for row in first["results"] + second["results"]]
    assert read == ids()
    with nothing_written():
        response = staff.get(STAFF, {"status": "pending"})
    assert faults_of(response) == {("status", "invalid_choice")}


@pytest.mark.django_db(transaction=True)
def test_of_decisions_at_once_about_one_licence_one_counts(sam, dr_dan):
    """Six refuse the same licence: all but the first find nothing to refuse."""
    DoctorVerificationFactory(doctor=dr_dan)

    def say_no():
        try:
            refuse_doctor(
                actor=sam, doctor_id=dr_dan.pk, at=timezone.now(), reason="No."
            )
        except NothingToVerify:
            return "nothing left"
        return "refused"

    answers = all_at_once([say_no] * 6)

    assert sorted(answers) == ["nothing left"] * 5 + ["refused"]
    assert states_of(dr_dan) == [(dr_dan.license_number, "REFUSED")]


def test_a_list_of_many_licences_costs_no_more_than_a_list_of_few(api, sam):
    staff, costs = api("sam"), set()

    for _ in range(2):
        DoctorVerificationFactory.create_batch(5)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(STAFF).status_code == 200
        costs.add(len(queries))

    assert costs == {4}  # the session, two of rights, and the page with its doctors
