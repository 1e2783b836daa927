"""Bodies that say more than they should, or say it in two ways."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.care.models import PatientProfile
from tests.accounts.bodies import doctor_body, patient_body
from tests.attacks.acting import LOGIN, PROFILE, REGISTER, log_in
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db


def test_a_name_within_that_stands_twice_is_no_json(
    api: Api, alice: PatientProfile
) -> None:
    body = '{"user": {"first_name": "Ada", "first_name": "Eve"}}'
    escaped = '{"user": {"first_name": "Ada", "first\\u005fname": "Eve"}}'
    client = api("alice")

    with nothing_written():
        for text in (body, escaped):
            answer = client.generic("PATCH", PROFILE, text, "application/json")
            problem_of(answer, 400, "malformed_json")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; application/json",
        "application/json, text/plain",
        "multipart/form-data; boundary=application/json",
        "application/json\0",
        "application/JSON5",
        "application/vnd.api+json",
        "application/json+x",
        "",
    ],
)
def test_a_type_that_only_looks_like_json_is_refused(
    alice: PatientProfile, content_type: str
) -> None:
    body = json.dumps({"username": "alice", "password": PASSWORD})

    with nothing_written():
        answer = APIClient().generic("POST", LOGIN, body, content_type)

    assert answer.status_code == 415


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "cp037", "hex", "rot13"])
def test_a_charset_does_not_make_another_body_of_it(
    alice: PatientProfile, charset: str
) -> None:
    body = json.dumps({"username": "alice", "password": PASSWORD})
    content_type = f"application/json; charset={charset}"

    read = APIClient().generic("POST", LOGIN, body, content_type)
    wide: Any = body.encode("utf-16")
    disguised = APIClient().generic("POST", LOGIN, wide, content_type)

    assert read.status_code in (200, 400)
    problem_of(disguised, 400, "malformed_json")


@pytest.mark.parametrize(
    "name",
    [
        "alice' OR '1'='1",
        'alice" --',
        "alice'; DROP TABLE accounts_user; --",
        "*)(uid=*))(|(uid=*",
        "alice)(&",
        '{"$gt": ""}',
        "al\x1fice",
        "\u202eecila",
        "al\u0456ce",  # a Cyrillic i
        "alice%00",
        "a" * 254,
        "${jndi:ldap://127.0.0.1/x}",
        "{{7*7}}",
        "%s%n",
        "alice@example.org' --",
        "x@[127.0.0.1]",
    ],
)
def test_a_name_made_of_queries_is_an_unknown_name(
    alice: PatientProfile, name: str
) -> None:
    problem_of(log_in(name), 401, "invalid_credentials")
    problem_of(log_in("alice", name), 401, "invalid_credentials")


@pytest.mark.parametrize(
    "name",
    [
        "al\u0456ce",
        "alic\u0435",
        "\uff41lice",
        "alice\u200b",
        "\u202ealice",
        "al\u0131ce",
        "alice@x",
        "alice\n",
        "al ice",
        "alice\0",
    ],
)
def test_no_username_looks_like_another(alice: PatientProfile, name: str) -> None:
    with nothing_written():
        answer = APIClient().post(REGISTER, patient_body(username=name))

    assert answer.status_code == 400


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "1e-9", "-0", "8.5"])
def test_a_number_beyond_all_measure_breaks_nothing(number: str) -> None:
    text = json.dumps(doctor_body(years_of_experience="HERE"))
    text = text.replace('"HERE"', number)

    answer = APIClient().generic("POST", REGISTER, text, "application/json")

    assert answer.status_code in (201, 400)
    assert User.objects.count() == (answer.status_code == 201)


def test_a_parameter_given_in_two_places_counts_in_none(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")

    with nothing_written():
        body = {"username": "alice", "password": "wrong"}
        answer = APIClient().post(f"{LOGIN}?password={PASSWORD}", body)
        assert faults_of(answer) == {("password", "unknown_field")}
        answer = client.get("/api/health-records/?page_size=1&page_size=2")
        assert faults_of(answer) == {("page_size", "repeated")}
        answer = client.get("/api/health-records/?page_size[]=1")
        assert faults_of(answer) == {("page_size[]", "unknown_field")}


@pytest.mark.parametrize("ranges", ["bytes=0-1", "bytes=-1", "bytes=0-0,1-1", "x=0-"])
def test_a_range_of_an_answer_is_the_whole_answer(
    api: Api, alice: PatientProfile, ranges: str
) -> None:
    client = api("alice")

    answer = client.get(PROFILE, headers={"range": ranges})

    assert answer.status_code == 200
    assert answer.content == client.get(PROFILE).content
