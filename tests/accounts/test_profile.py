"""One's own profile."""

from typing import Any

import pytest
from django.db import IntegrityError

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import DoctorProfile, PatientProfile
from tests.conftest import Api, user_of
from tests.factories import DoctorFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

PROFILE = "/api/auth/profile/"
USER = {"id", "username", "email", "first_name", "last_name", "user_type"}
OWN_USER = USER | {"phone_number", "date_of_birth", "language", "time_zone"}
DOCTOR = {"id", "user", "specialization", "years_of_experience", "is_verified"}
PERSON: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Berg",
    "email": "ada.berg@example.org",
    "phone_number": "+4670123456",
    "date_of_birth": "1990-02-28",
    "language": "de",
    "time_zone": "Asia/Kathmandu",
}


def test_a_patient_sees_all_of_their_profile(
    api: Api, alice: PatientProfile, dr_bob: DoctorProfile
) -> None:
    profile = api("alice").get(PROFILE).json()

    assert profile.keys() == {
        "id",
        "user",
        "emergency_contact",
        "blood_type",
        "allergies",
        "assigned_doctor",
    }
    assert profile["id"] == str(alice.pk)
    assert profile["user"].keys() == OWN_USER
    assert profile["user"]["username"] == "alice"
    assert profile["assigned_doctor"].keys() == DOCTOR
    assert profile["assigned_doctor"]["id"] == str(dr_bob.pk)
    assert profile["assigned_doctor"]["user"].keys() == {
        "id",
        "first_name",
        "last_name",
    }


def test_a_patient_of_nobody_has_no_assigned_doctor(api: Api) -> None:
    assert api("carol").get(PROFILE).json()["assigned_doctor"] is None


@pytest.mark.usefixtures("dr_eve")
def test_a_doctor_of_the_past_is_not_assigned(api: Api) -> None:
    assert api("alice").get(PROFILE).json()["assigned_doctor"] is None


def test_a_doctor_sees_their_licence_and_own_user_fields(
    api: Api, dr_dan: DoctorProfile
) -> None:
    profile = api("dr_dan").get(PROFILE).json()

    assert profile.keys() == DOCTOR | {"license_number", "verified_until"}
    assert profile["user"].keys() == OWN_USER
    assert profile["license_number"] == dr_dan.license_number
    assert profile["is_verified"] is False


def test_staff_have_a_user_and_nothing_else(api: Api, sam: User) -> None:
    profile = api("sam").get(PROFILE).json()

    assert profile.keys() == {"user"}
    assert profile["user"].keys() == OWN_USER
    assert profile["user"]["user_type"] == "ADMIN"


FULL: dict[str, dict[str, Any]] = {
    "alice": {
        "emergency_contact": "Jo Moreau, +31209876543",
        "blood_type": "AB-",
        "allergies": "Penicillin",
    },
    "dr_dan": {
        "specialization": "Oncology",
        "license_number": "SE-998",
        "years_of_experience": 31,
    },
    "sam": {},
}


@pytest.mark.parametrize(("who", "part"), FULL.items(), ids=FULL.keys())
def test_put_replaces_the_profile_of_every_role(
    api: Api, request: pytest.FixtureRequest, who: str, part: dict[str, Any]
) -> None:
    response = api(who).put(PROFILE, part | {"user": PERSON})

    assert response.status_code == 200
    answer = response.json()
    assert api(who).get(PROFILE).json() == answer
    assert {name: answer[name] for name in part} == part
    assert {name: answer["user"][name] for name in PERSON} == PERSON
    assert answer["user"]["username"] == user_of(request.getfixturevalue(who)).username


@pytest.mark.parametrize("who", ["alice", "dr_dan", "sam"])
def test_put_needs_the_whole_person(api: Api, who: str) -> None:
    client = api(who)

    with nothing_written():
        missing = client.put(PROFILE, {})
        partly = client.put(PROFILE, {"user": {"first_name": "Ada"}})

    assert faults_of(missing) == {("user", "required")}
    assert faults_of(partly) == {("user.email", "required")}


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("alice", {"allergies": "Pollen, nuts"}),
        ("alice", {"blood_type": ""}),
        ("alice", {"user": {"last_name": "Berg"}}),
        ("alice", {"user": {"date_of_birth": None}}),
        ("dr_dan", {"years_of_experience": None}),
        ("dr_dan", {"specialization": "Oncology", "user": {"email": "d@example.org"}}),
        ("sam", {"user": {"phone_number": ""}}),
        ("sam", {}),
    ],
)
def test_patch_changes_what_it_names_and_nothing_else(
    api: Api, who: str, change: dict[str, Any]
) -> None:
    client = api(who)
    client.patch(PROFILE, FULL[who] | {"user": PERSON})
    before = client.get(PROFILE).json()

    response = client.patch(PROFILE, change)

    assert response.status_code == 200
    expected = before | change
    expected["user"] = before["user"] | change.get("user", {})
    assert response.json() == client.get(PROFILE).json() == expected


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize(
    ("who", "part", "fault"),
    [
        ("alice", {"blood_type": "C+"}, ("blood_type", "invalid_choice")),
        ("dr_dan", {"years_of_experience": 81}, ("years_of_experience", "max_value")),
        ("sam", {"emergency_contact": "x"}, ("emergency_contact", "unknown_field")),
    ],
)
def test_a_bad_field_keeps_the_good_ones_from_being_written(
    api: Api, method: str, who: str, part: dict[str, Any], fault: tuple[str, str]
) -> None:
    client = api(who)

    with nothing_written():
        response = getattr(client, method)(PROFILE, {"user": PERSON} | part)

    assert faults_of(response) == {fault}


def test_a_bad_person_keeps_the_profile_from_being_written(api: Api) -> None:
    client = api("alice")
    person = PERSON | {"email": "no address", "phone_number": "020 123"}

    with nothing_written():
        response = client.patch(PROFILE, {"allergies": "Nuts", "user": person})

    assert faults_of(response) == {
        ("user.email", "invalid"),
        ("user.phone_number", "invalid"),
    }


def test_a_licence_that_is_taken_keeps_the_person_from_being_written(api: Api) -> None:
    client = api("dr_dan")
    DoctorFactory.create(license_number="SE-998", verified=True)

    with nothing_written():
        response = client.patch(PROFILE, FULL["dr_dan"] | {"user": PERSON})

    assert faults_of(response) == {("license_number", "unique")}


@pytest.mark.parametrize("field", ["id", "username", "user_type"])
@pytest.mark.parametrize("who", ["alice", "dr_dan", "sam"])
def test_nobody_changes_who_they_are(api: Api, who: str, field: str) -> None:
    client = api(who)

    with nothing_written():
        response = client.patch(PROFILE, {"user": {field: "ADMIN"}})

    assert faults_of(response) == {(f"user.{field}", "read_only")}


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "is_active", "password"])
def test_nobody_gives_themselves_powers(api: Api, field: str) -> None:
    client = api("alice")

    with nothing_written():
        response = client.patch(PROFILE, {"user": {field: True}})

    assert faults_of(response) == {(f"user.{field}", "unknown_field")}


@pytest.mark.parametrize(
    ("who", "field"),
    [("alice", "assigned_doctor"), ("dr_dan", "is_verified"), ("dr_dan", "id")],
)
def test_what_others_decide_is_read_only(api: Api, who: str, field: str) -> None:
    client = api(who)

    with nothing_written():
        response = client.patch(PROFILE, {field: True})

    assert faults_of(response) == {(field, "read_only")}


def test_the_same_licence_number_leaves_the_verification(
    api: Api, dr_bob: DoctorProfile
) -> None:
    change = {"license_number": dr_bob.license_number, "years_of_experience": 30}

    response = api("dr_bob").patch(PROFILE, change)

    assert response.json()["is_verified"] is True


def test_a_change_enters_the_patients_ledger(api: Api, alice: PatientProfile) -> None:
    api("alice").patch(PROFILE, {"allergies": "Pollen"})

    line = AccessEntry.objects.get(action="care.profile_changed")
    assert (line.patient_id, line.actor_id) == (alice.pk, alice.user_id)


@pytest.mark.django_db
def test_nobody_has_no_profile(api: Api) -> None:
    for method in ("get", "put", "patch"):
        response = getattr(api("nobody"), method)(PROFILE)
        problem_of(response, 401, "not_authenticated")


def test_a_change_of_nothing_leaves_no_trace(api, alice):
    before = alice.user.updated_at

    response = api("alice").patch("/api/auth/profile/", {}, format="json")

    alice.user.refresh_from_db()
    assert response.status_code == 200
    assert alice.user.updated_at == before
    assert not AccessEntry.objects.filter(action="care.profile_changed").exists()


SPOKEN_TO = {"language": "de", "time_zone": "Asia/Kathmandu"}


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_everybody_chooses_a_language_and_a_time_zone_without_a_password(
    api: Api, request: pytest.FixtureRequest, who: str
) -> None:
    client, user = api(who), user_of(request.getfixturevalue(who))
    assert client.get(PROFILE).json()["user"].items() >= NEITHER.items()
    user.login_sessions.update(proved_at=None)

    response = client.patch(PROFILE, {"user": SPOKEN_TO})

    assert response.status_code == 200
    assert client.get(PROFILE).json()["user"].items() >= SPOKEN_TO.items()

    client.patch(PROFILE, {"user": NEITHER})

    assert client.get(PROFILE).json()["user"].items() >= NEITHER.items()


NEITHER = {"language": "", "time_zone": ""}


def test_a_choice_of_language_enters_the_patients_ledger(
    api: Api, alice: PatientProfile
) -> None:
    api("alice").patch(PROFILE, {"user": {"language": "de"}})

    line = AccessEntry.objects.get(action="care.profile_changed")
    assert (line.patient_id, line.actor_id) == (alice.pk, alice.user_id)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("language", "fr", "invalid_choice"),
        ("language", "DE", "invalid_choice"),
        ("language", "de-CH", "invalid_choice"),
        ("language", "d" * 10_000, "invalid_choice"),
        ("language", "de\0", "invalid_choice"),
        ("time_zone", "Mars/Olympus", "unknown_time_zone"),
        ("time_zone", "europe/berlin", "unknown_time_zone"),
        ("time_zone", "../../etc/passwd", "unknown_time_zone"),
        ("time_zone", "/etc/localtime", "unknown_time_zone"),
        ("time_zone", "Europe/Berlin/", "unknown_time_zone"),
        ("time_zone", "Europe", "unknown_time_zone"),
        ("time_zone", "localtime", "unknown_time_zone"),
        ("time_zone", "Factory", "unknown_time_zone"),
        ("time_zone", "+01:00", "unknown_time_zone"),
        ("time_zone", "Zürich", "unknown_time_zone"),
        ("time_zone", "x" * 10_000, "max_length"),
        ("time_zone", "UTC\0", "null_characters_not_allowed"),
        ("time_zone", 1, "invalid"),
        ("time_zone", None, "null"),
    ],
)
def test_what_is_no_language_or_time_zone_is_refused(
    api: Api, field: str, value: Any, code: str
) -> None:
    client = api("alice")

    with nothing_written():
        response = client.patch(PROFILE, {"user": {field: value}})

    assert (f"user.{field}", code) in faults_of(response)


def test_the_database_knows_the_languages_too(alice: PatientProfile) -> None:
    with pytest.raises(IntegrityError, match="languages_are_spoken_here"):
        User.objects.filter(pk=alice.user_id).update(language="fr")


def test_others_are_not_told_somebodys_language(
    api: Api, carol: PatientProfile, dr_bob: DoctorProfile
) -> None:
    User.objects.filter(pk=carol.user_id).update(**SPOKEN_TO)
    body = {"patient_id": str(carol.pk), "doctor_id": str(dr_bob.pk)}

    answer = api("sam").post("/api/auth/assign-doctor/", body)

    assert "phone_number" in answer.json()["patient"]["user"]
    assert not SPOKEN_TO.keys() & answer.json()["patient"]["user"].keys()
