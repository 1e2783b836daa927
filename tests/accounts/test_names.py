"""People with one name only are called by it, wherever names are shown."""

from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import DoctorProfile, PatientProfile
from phr.notifications.models import Notification
from tests.accounts.bodies import doctor_body, patient_body
from tests.at_once import all_at_once
from tests.conftest import Api
from tests.factories import CareGrantFactory, DoctorFactory, PatientFactory
from tests.problem_answers import faults_of
from tests.rows import nothing_written

REGISTER, PROFILE = "/api/auth/register/", "/api/auth/profile/"
ONE_NAME = [
    ({"first_name": "Suharto"}, ("Suharto", "")),
    ({"last_name": "Suharto"}, ("", "Suharto")),
    ({"first_name": "", "last_name": "Suharto"}, ("", "Suharto")),
    ({"first_name": "Suharto", "last_name": "  "}, ("Suharto", "")),
]
NO_NAME = [
    ({}, "required"),
    ({"first_name": "", "last_name": ""}, "blank"),
    ({"first_name": " \t", "last_name": "\u00a0"}, "blank"),
]
BOTH = {"first_name", "last_name"}


def without_names(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in BOTH}


@pytest.mark.parametrize("body", [patient_body(), doctor_body()], ids=str)
@pytest.mark.parametrize(("names", "kept"), ONE_NAME)
@pytest.mark.django_db
def test_one_name_suffices_to_register(
    body: dict[str, Any], names: dict[str, str], kept: tuple[str, str]
) -> None:
    answer = APIClient().post(REGISTER, without_names(body) | names)

    assert answer.status_code == 201
    shown = answer.json()["user"]
    assert (shown["first_name"], shown["last_name"]) == kept
    assert str(User.objects.get()) == "Suharto"


@pytest.mark.parametrize("body", [patient_body(), doctor_body()], ids=str)
@pytest.mark.parametrize(("names", "code"), NO_NAME)
@pytest.mark.django_db
def test_nobody_registers_without_any_name(
    body: dict[str, Any], names: dict[str, str], code: str
) -> None:
    with nothing_written():
        answer = APIClient().post(REGISTER, without_names(body) | names)

    assert faults_of(answer) == {(name, code) for name in BOTH}


@pytest.mark.django_db
def test_a_blank_name_is_none_beside_one_that_is_left_out() -> None:
    body = without_names(patient_body()) | {"first_name": ""}

    with nothing_written():
        answer = APIClient().post(REGISTER, body)

    assert faults_of(answer) == {("first_name", "blank"), ("last_name", "required")}


@pytest.mark.parametrize("who", ["alice", "dr_dan", "sam"])
@pytest.mark.parametrize("name", sorted(BOTH))
def test_one_of_two_names_can_be_given_up_and_the_last_cannot(
    api: Api, who: str, name: str
) -> None:
    client = api(who)
    (other,) = BOTH - {name}

    given_up = client.patch(PROFILE, {"user": {name: ""}})
    with nothing_written():
        refused = client.patch(PROFILE, {"user": {other: ""}})
        both = client.patch(PROFILE, {"user": {name: "", other: ""}})

    assert given_up.json()["user"][name] == ""
    assert faults_of(refused) == {(f"user.{other}", "blank")}
    assert faults_of(both) == {(f"user.{each}", "blank") for each in BOTH}
    assert client.patch(PROFILE, {"user": {name: "Ra", other: ""}}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_give_up_one_name_each_leave_one(
    api: Api, alice: PatientProfile
) -> None:
    """The row is locked before what would be left is looked at."""
    clients = {name: api("alice") for name in BOTH}

    def give_up(name: str) -> Any:
        return clients[name].patch(PROFILE, {"user": {name: ""}})

    answers = all_at_once([partial(give_up, name) for name in clients])

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    alice.user.refresh_from_db()
    assert alice.user.get_full_name() in ("Alice", "Moreau")


@pytest.fixture
def sukarno(db: None) -> PatientProfile:
    made: PatientProfile = PatientFactory.create(
        user__username="sukarno", user__first_name="", user__last_name="Sukarno"
    )
    return made


@pytest.fixture
def suharto(db: None) -> DoctorProfile:
    made: DoctorProfile = DoctorFactory.create(
        verified=True, user__first_name="Suharto", user__last_name=""
    )
    return made


def test_a_doctor_with_one_name_is_found_and_told_of(
    api: Api, alice: PatientProfile, suharto: DoctorProfile, deliver: Any
) -> None:
    found = api("alice").get("/api/auth/doctors/?search=suharto").json()["results"]
    asked = api("suharto").post("/api/care/grants/", {"patient_id": str(alice.pk)})
    deliver()

    assert [row["id"] for row in found] == [str(suharto.pk)]
    assert asked.status_code == 201
    (line,) = Notification.objects.filter(recipient=alice.user)
    assert line.message == "Dr. Suharto asks to read your health records."
    told = AccessEntry.objects.filter(actor_id=suharto.user_id)
    assert {entry.actor_name for entry in told} == {"Suharto"}


def test_a_patient_with_one_name_is_called_by_it_in_lists(
    api: Api, sukarno: PatientProfile, dr_bob: DoctorProfile
) -> None:
    CareGrantFactory.create(patient=sukarno, doctor=dr_bob)

    listed = api("dr_bob").get("/api/health-records/my-patients/").json()["results"]

    assert {row["name"] for row in listed} == {"Alice Moreau", "Sukarno"}


def test_a_patient_whose_names_are_lost_is_called_by_the_username(
    api: Api, dr_bob: DoctorProfile, sukarno: PatientProfile
) -> None:
    """No account is made so; but one that is must not be a blank line in a list."""
    User.objects.filter(pk=sukarno.user_id).update(last_name="")
    CareGrantFactory.create(patient=sukarno, doctor=dr_bob)

    listed = api("dr_bob").get("/api/health-records/my-patients/").json()["results"]

    assert {row["name"] for row in listed} == {"Alice Moreau", "sukarno"}
