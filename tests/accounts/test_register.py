"""Signing up."""

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User, UserType
from phr.audit.models import AccessEntry
from phr.care.models import DoctorProfile, PatientProfile
from tests.accounts.bodies import PASSWORD, doctor_body, patient_body
from tests.at_once import all_at_once
from tests.conftest import Api
from tests.factories import DoctorFactory
from tests.problem_answers import faults_of
from tests.rows import nothing_written

REGISTER, LOGIN = "/api/auth/register/", "/api/auth/login/"
pytestmark = pytest.mark.django_db


def test_a_patient_registers_and_is_signed_in() -> None:
    client = APIClient()

    response = client.post(REGISTER, patient_body())

    assert response.status_code == 201
    answer = response.json()
    user = User.objects.get(username="nora")
    assert answer["user"] == {
        "id": str(user.pk),
        "username": "nora",
        "email": "nora@example.org",
        "first_name": "Nora",
        "last_name": "Lindqvist",
        "user_type": "PATIENT",
    }
    assert answer["tokens"].keys() == {"access", "refresh"}
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer['tokens']['access']}")
    profile = client.get("/api/auth/profile/").json()
    assert profile["user"]["phone_number"] == "+31201234567"
    assert profile["user"]["date_of_birth"] == "1987-04-30"
    assert profile["user"]["language"] == "de"
    assert profile["user"]["time_zone"] == "Europe/Amsterdam"


def test_a_doctor_registers_unverified() -> None:
    response = APIClient().post(REGISTER, doctor_body())

    assert response.status_code == 201
    doctor = DoctorProfile.objects.get(user__username="dr_ito")
    assert doctor.license_number == "NL-4711"
    assert doctor.years_of_experience == 9
    assert not doctor.is_verified
    assert not PatientProfile.objects.exists()


def test_optional_fields_may_be_left_out() -> None:
    body = patient_body()
    del body["phone_number"], body["date_of_birth"]
    del body["language"], body["time_zone"]

    assert APIClient().post(REGISTER, body).status_code == 201
    user = User.objects.get()
    assert user.date_of_birth is None
    assert (user.language, user.time_zone) == ("", "")


def test_the_password_is_kept_as_an_argon2_hash() -> None:
    APIClient().post(REGISTER, patient_body())

    user = User.objects.get()
    assert identify_hasher(user.password).algorithm == "argon2"
    assert user.check_password(PASSWORD)


def test_registering_enters_the_patients_ledger() -> None:
    APIClient().post(REGISTER, patient_body())

    patient = PatientProfile.objects.get()
    entries = AccessEntry.objects.filter(patient_id=patient.pk)
    assert sorted(entries.values_list("action", "actor_id", "outcome")) == [
        ("accounts.signed_in", patient.user_id, "ALLOWED"),
        ("care.patient_registered", patient.user_id, "ALLOWED"),
    ]


@pytest.mark.parametrize("user_type", ["ADMIN", "STAFF", "patient", ""])
def test_nobody_registers_as_anything_but_patient_or_doctor(user_type: str) -> None:
    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(user_type=user_type))

    assert faults_of(response) == {("user_type", "invalid_choice")}


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "is_active", "id"])
def test_nobody_registers_with_powers(field: str) -> None:
    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(**{field: True}))

    assert {name for name, _code in faults_of(response)} == {field}


@pytest.mark.parametrize("name", ["nora", "NORA", "NoRa", " nora "])
def test_a_username_is_taken_in_any_case(name: str) -> None:
    APIClient().post(REGISTER, patient_body())

    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(username=name))

    assert faults_of(response) == {("username", "unique")}


def test_a_doctor_cannot_take_a_patients_username() -> None:
    APIClient().post(REGISTER, patient_body())

    with nothing_written():
        response = APIClient().post(REGISTER, doctor_body(username="Nora"))

    assert faults_of(response) == {("username", "unique")}


def test_an_email_address_may_serve_several_accounts() -> None:
    APIClient().post(REGISTER, patient_body())

    response = APIClient().post(REGISTER, patient_body(username="noras_child"))

    assert response.status_code == 201


@pytest.mark.parametrize(
    "name", ["nora@example.org", "no ra", "n\u00f8ra", "n\u043era", "a/b", "<b>"]
)
def test_a_username_looks_like_no_other_and_like_no_email_address(name: str) -> None:
    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(username=name))

    assert faults_of(response) == {("username", "invalid")}


def test_a_patient_has_no_license_number() -> None:
    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(license_number="NL-4711"))

    assert faults_of(response) == {("license_number", "doctors_only")}


def test_a_claimed_license_number_hinders_nobody() -> None:
    DoctorFactory.create(license_number="NL-4711")

    assert APIClient().post(REGISTER, doctor_body()).status_code == 201
    assert DoctorProfile.objects.filter(license_number="NL-4711").count() == 2


@pytest.mark.parametrize("claimed", ["NL-4711", "nl-4711"])
def test_the_license_number_of_a_verified_doctor_is_taken(claimed: str) -> None:
    DoctorFactory.create(license_number="NL-4711", verified=True)

    with nothing_written():
        response = APIClient().post(REGISTER, doctor_body(license_number=claimed))

    assert faults_of(response) == {("license_number", "unique")}


def test_doctors_without_a_license_number_hinder_nobody() -> None:
    DoctorFactory.create(license_number="", verified=True)

    response = APIClient().post(REGISTER, doctor_body(license_number=""))

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("k9!xQ2", "too short"),
        ("password123", "too common"),
        ("nora-lindqvist", "too similar"),
        ("nora@example.org", "too similar"),
        ("73519482650173", "entirely numeric"),
        ("Doctor!2026#Health", "easy to guess here"),
        ("my-Records-99-0", "easy to guess here"),
        ("example.2026.example", "easy to guess here"),  # the server's own name
    ],
)
def test_a_weak_password_is_refused(password: str, why: str) -> None:
    body = patient_body(password=password, password_confirm=password)

    with nothing_written():
        response = APIClient().post(REGISTER, body)

    assert faults_of(response) == {("password", "weak_password")}
    assert why in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "password",
    ["a patient walk by the sea", "7#kQ!9xv", "\N{SNOWMAN}" * 8, "p" * 4 + "q" * 251],
)
def test_any_other_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    body = patient_body(password=password, password_confirm=password)

    assert APIClient().post(REGISTER, body).status_code == 201
    login = {"username": body["username"], "password": password}
    assert APIClient().post(LOGIN, login).status_code == 200
    other = login | {"password": password.swapcase() + " "}
    assert APIClient().post(LOGIN, other).status_code == 401


def test_both_passwords_must_be_the_same() -> None:
    body = patient_body(password_confirm=PASSWORD.upper())

    with nothing_written():
        response = APIClient().post(REGISTER, body)

    assert faults_of(response) == {("password_confirm", "mismatch")}


def test_spaces_around_a_password_belong_to_it(api: Api) -> None:
    password = f" {PASSWORD} "
    body = patient_body(password=password, password_confirm=password)
    APIClient().post(REGISTER, body)

    def log_in(password: str) -> int:
        body = {"username": "nora", "password": password}
        return APIClient().post("/api/auth/login/", body).status_code

    assert [log_in(PASSWORD), log_in(password)] == [401, 200]


def test_names_that_grow_when_folded_for_search_are_kept() -> None:
    longest = "\ufdfa" * 150  # one character that compares as eighteen

    response = APIClient().post(
        REGISTER, doctor_body(first_name=longest, last_name=longest)
    )

    assert response.status_code == 201
    assert User.objects.get().first_name == longest


@pytest.mark.django_db(transaction=True)
def test_of_thirty_registrations_of_one_name_at_once_one_succeeds() -> None:
    names = ["nora", "Nora", "NORA"] * 10

    def register(name: str) -> Any:
        return APIClient().post(REGISTER, patient_body(username=name))

    answers = all_at_once([partial(register, name) for name in names])

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [400] * 29
    refused = [answer for answer in answers if answer.status_code == 400]
    assert all(faults_of(answer) == {("username", "unique")} for answer in refused)
    assert User.objects.filter(user_type=UserType.PATIENT).count() == 1
    assert PatientProfile.objects.count() == LoginSession.objects.count() == 1
