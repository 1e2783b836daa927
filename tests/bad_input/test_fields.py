"""Fields that are missing, too many, of the wrong type, too long or blank."""

from typing import Any

import pytest

from phr.health_records.models import TEXTS
from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import (
    COMMENT,
    COMMENTS,
    COMPLETE,
    ENDPOINTS,
    NAMES,
    ONE_RECORD,
    RECORD,
    RECORDS,
    WITH_FIELDS,
    WITHOUT_FIELDS,
    Endpoint,
    Kind,
    cases,
    fields_of,
    is_nullable,
    kind_of,
    with_value,
    without,
)
from tests.cases import for_each, undone
from tests.problem_answers import faults_of
from tests.rows import nothing_written


@for_each("endpoint", COMPLETE, undone)
def test_each_required_field_that_is_missing_is_named(
    send: Send, endpoint: Endpoint
) -> None:
    required = [
        name for name in fields_of(endpoint.body) if name not in endpoint.optional
    ]

    with nothing_written():
        for name in required:
            response = send(endpoint, without(endpoint.body, name))
            assert faults_of(response) == {(name, "required")}


@for_each("endpoint", COMPLETE, undone)
def test_an_empty_object_has_all_the_faults_at_once(
    send: Send, endpoint: Endpoint
) -> None:
    required = endpoint.body.keys() - (endpoint.optional - NAMES)

    with nothing_written():
        response = send(endpoint, {})

    assert faults_of(response) == {(name, "required") for name in required}


@for_each("endpoint", ENDPOINTS, undone)
def test_unknown_fields_are_refused(send: Send, endpoint: Endpoint) -> None:
    body = endpoint.body | {"colour": "red", "Title": "x"}

    with nothing_written():
        response = send(endpoint, body)

    assert faults_of(response) == {
        ("colour", "unknown_field"),
        ("Title", "unknown_field"),
    }


@pytest.mark.parametrize(
    "endpoint",
    [each for each in WITH_FIELDS if {"user", "credential"} & each.body.keys()],
    ids=str,
)
def test_unknown_fields_of_an_object_within_are_refused(
    send: Send, endpoint: Endpoint
) -> None:
    name = f"{'user' if 'user' in endpoint.body else 'credential'}.colour"

    with nothing_written():
        response = send(endpoint, with_value(endpoint.body, name, "red"))

    assert faults_of(response) == {(name, "unknown_field")}


@for_each(
    "endpoint, name",
    [(endpoint, name) for endpoint in WITH_FIELDS for name in endpoint.answered],
    undone,
)
def test_fields_of_the_answer_cannot_be_written(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    with nothing_written():
        response = send(endpoint, with_value(endpoint.body, name, "x"))

    assert faults_of(response) == {(name, "read_only")}


WRONG: dict[Kind, tuple[str, list[Any]]] = {
    Kind.TEXT: ("invalid", [7, 1.5, True, [], ["x"], {}, {"x": "x"}]),
    Kind.EMAIL: ("invalid", [7, True, [], {}, "ada", "ada@", "a da@example.org"]),
    Kind.CHOICE: ("invalid_choice", [7, True, [], ["CHECKUP"], {}, "checkup", "X"]),
    Kind.FLAG: ("invalid", ["true", "", 0, 1, [], {}]),
    Kind.WHOLE: ("invalid", ["7", "", 1.5, True, [], {}]),
    Kind.ID: ("invalid", [7, True, [], {}, "", "7", "x" * 36]),
    Kind.DAY: ("invalid", [7, True, [], {}, "", "31-12-1999", "1999-02-29"]),
    Kind.MOMENT: ("invalid", [7, True, [], {}, "", "now", "2026-03-02T25:00:00Z"]),
    Kind.LIST: ("not_a_list", [7, True, "x", {}]),
    Kind.OBJECT: ("invalid", [7, True, "x", [], [{}]]),
}


@for_each("endpoint, name", cases(WITH_FIELDS, *Kind), undone)
def test_values_of_the_wrong_type_are_refused(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    code, values = WRONG[kind_of(name)]

    with nothing_written():
        for value in values:
            response = send(endpoint, with_value(endpoint.body, name, value))
            assert (value, faults_of(response)) == (value, {(name, code)})


@for_each(
    "endpoint, name",
    [case for case in cases(WITH_FIELDS, *Kind) if not is_nullable(*case)],
    undone,
)
def test_null_is_no_value(send: Send, endpoint: Endpoint, name: str) -> None:
    with nothing_written():
        response = send(endpoint, with_value(endpoint.body, name, None))

    assert faults_of(response) == {(name, "null")}


LONGEST = {
    "username": 150,
    "password": 256,
    "password_confirm": 256,
    "email": 254,
    "first_name": 150,
    "last_name": 150,
    "phone_number": 16,
    "time_zone": 64,
    "specialization": 100,
    "license_number": 50,
    "authority": 200,
    "document_reference": 200,
    "refresh": 1_000,
    "emergency_contact": 200,
    "allergies": 2_000,
    "title": 200,
    **dict.fromkeys(TEXTS, 20_000),
    "comment": 10_000,
    "reason": 500,
    "current_password": 256,
    "key": 500,
    "otp": 20,
    "recovery_code": 100,
    "challenge": 100,
    "name": 100,
    "id": 2_000,
    "rawId": 2_000,
}


@for_each("endpoint, name", cases(WITH_FIELDS, Kind.TEXT, Kind.EMAIL), undone)
def test_a_text_over_its_limit_is_refused(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    longest = LONGEST[name.rpartition(".")[2]]
    if endpoint.path.endswith("login/") and name == "username":
        longest = 254  # an e-mail address will do, too

    with nothing_written():
        response = send(endpoint, with_value(endpoint.body, name, "x" * (longest + 1)))

    assert (name, "max_length") in faults_of(response)


@pytest.mark.parametrize("character", ["x", "é", "語", "\U0001f9ec"])
@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        (Endpoint("alice", "post", RECORDS, RECORD), "title"),
        (Endpoint("alice", "patch", ONE_RECORD, RECORD), "diagnosis"),
        (Endpoint("dr_bob", "post", COMMENTS, COMMENT), "comment"),
    ],
    ids=str,
)
def test_a_text_of_just_its_limit_is_kept(
    send: Send, endpoint: Endpoint, name: str, character: str
) -> None:
    text = character * LONGEST[name]

    response = send(endpoint, with_value(endpoint.body, name, text))

    assert response.status_code == endpoint.success
    assert response.json()[name] == text


NOT_BLANK = {
    *("title", "comment", "username", "refresh", "authority"),
    *("user.email", "email"),
    *("key", "otp", "recovery_code", "challenge", "name"),
    *("credential.id", "credential.rawId"),
}


@for_each(
    "endpoint, name",
    [case for case in cases(WITH_FIELDS, *Kind) if case[1] in NOT_BLANK],
    undone,
)
def test_blank_texts_are_refused(send: Send, endpoint: Endpoint, name: str) -> None:
    with nothing_written():
        for blank in ("", " ", "\t\r\n", "\u00a0\u2003\u3000"):
            response = send(endpoint, with_value(endpoint.body, name, blank))
            assert faults_of(response) == {(name, "blank")}


@pytest.mark.parametrize("endpoint", WITHOUT_FIELDS, ids=str)
def test_what_needs_no_body_takes_none_or_an_empty_one(
    send: Send, endpoint: Endpoint
) -> None:
    with nothing_written():
        assert faults_of(send(endpoint, {"is_read": True})) == {
            ("is_read", "unknown_field")
        }

    assert send(endpoint, {}).status_code in (200, 201, 202, 204)
