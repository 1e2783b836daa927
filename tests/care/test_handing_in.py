"""Doctors hand in the licence that staff are to verify."""

from functools import partial

import pytest

from phr.audit.models import AccessEntry, Basis
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification
from phr.care.verification import hand_in_license
from phr.core.errors import NotAllowed
from tests.at_once import all_at_once
from tests.care.licenses import LICENSE, OWN, STAFF, states_of, verify
from tests.factories import DoctorFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written


def test_a_licence_that_is_handed_in_waits_for_staff(api, dr_dan, sam):
    response = api("dr_dan").post(OWN, LICENSE)

    body = response.json()
    assert response.status_code == 201
    assert {name: body[name] for name in LICENSE} == LICENSE
    assert (body["status"], body["valid_until"], body["decided_at"]) == (
        "PENDING",
        None,
        None,
    )
    assert api("dr_dan").get(OWN).json() == {
        "is_verified": False,
        "verified_until": None,
        "latest": body,
    }
    (waiting,) = api("sam").get(STAFF).json()["results"]
    assert waiting["doctor"]["id"] == str(dr_dan.pk)
    assert waiting["doctor"]["license_number"] == waiting["license_number"] == "MED-7"
    line = AccessEntry.objects.get(action="care.license_handed_in")
    assert (line.actor_id, line.basis) == (dr_dan.user_id, Basis.OWN)


def test_who_has_handed_in_nothing_reads_that(api, dr_bob):
    assert api("dr_bob").get(OWN).json() == {
        "is_verified": True,
        "verified_until": None,
        "latest": None,
    }


def test_a_doctor_reads_of_no_other_doctors_licence(api, dr_bob, dr_dan):
    api("dr_dan").post(OWN, LICENSE)

    answer = api("dr_bob").get(OWN)

    assert answer.json()["latest"] is None
    assert "MED-7" not in answer.content.decode()


def test_a_second_licence_replaces_the_one_that_waits(api, dr_dan, sam):
    client = api("dr_dan")
    client.post(OWN, LICENSE)
    client.post(OWN, LICENSE | {"license_number": "MED-8"})

    assert states_of(dr_dan) == [("MED-7", "REPLACED"), ("MED-8", "PENDING")]
    (waiting,) = api("sam").get(STAFF).json()["results"]
    assert waiting["license_number"] == "MED-8"
    dr_dan.refresh_from_db()
    assert dr_dan.license_number == "MED-8"


def test_handing_in_the_same_number_renews_and_keeps_the_verification(api, dr_bob, sam):
    client = api("dr_bob")

    client.post(OWN, LICENSE | {"license_number": dr_bob.license_number})

    assert client.get(OWN).json()["is_verified"] is True
    assert verify(api("sam"), dr_bob).status_code == 200
    own = client.get(OWN).json()
    assert own["verified_until"] == own["latest"]["valid_until"] is not None


def test_another_number_waits_and_the_verified_one_stays(api, dr_bob, sam):
    client, number = api("dr_bob"), dr_bob.license_number
    client.post(OWN, LICENSE | {"license_number": number})

    client.post(OWN, LICENSE)

    own = client.get("/api/auth/profile/").json()
    assert (own["is_verified"], own["license_number"]) == (True, number)
    assert states_of(dr_bob) == [(number, "REPLACED"), ("MED-7", "PENDING")]
    assert verify(api("sam"), dr_bob).status_code == 200
    assert client.get("/api/auth/profile/").json()["license_number"] == "MED-7"


def test_a_number_of_a_verified_doctor_cannot_be_handed_in(api, dr_bob, dr_dan):
    client = api("dr_dan")

    with nothing_written():
        response = client.post(
            OWN, LICENSE | {"license_number": dr_bob.license_number.lower()}
        )

    assert faults_of(response) == {("license_number", "unique")}


def test_handing_in_all_day_is_refused(api, dr_dan):
    client = api("dr_dan")
    for _ in range(10):
        assert client.post(OWN, LICENSE).status_code == 201

    with nothing_written():
        response = client.post(OWN, LICENSE)

    problem_of(response, 429, "too_many_requests")


@pytest.mark.parametrize("who", ["alice", "sam"])
def test_only_doctors_have_a_licence(api, request, who):
    request.getfixturevalue(who)
    client = api(who)

    with nothing_written():
        problem_of(client.get(OWN), 403, "not_allowed")
        problem_of(client.post(OWN, LICENSE), 403, "not_allowed")


def test_the_service_takes_a_licence_of_doctors_only(alice):
    with nothing_written(), pytest.raises(NotAllowed):
        hand_in_license(actor=alice.user, license_number="MED-7", authority="Board")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("numbers", [["MED-7"] * 6, [f"MED-{n}" for n in range(6)]])
def test_of_licences_handed_in_at_once_one_waits(numbers):
    doctor = DoctorFactory(license_number="MED-7")
    said = {"actor": doctor.user, "authority": "Board"}

    all_at_once([partial(hand_in_license, license_number=n, **said) for n in numbers])

    states = [status for _, status in states_of(doctor)]
    assert sorted(states) == ["PENDING", *["REPLACED"] * 5]
    doctor.refresh_from_db()
    waiting = DoctorVerification.objects.get(status=VerificationStatus.PENDING)
    assert waiting.license_number == doctor.license_number
