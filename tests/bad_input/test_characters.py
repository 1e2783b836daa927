"""Characters that no database column and no UTF-8 text can hold."""

import json

import pytest

from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import (
    ENDPOINTS,
    WITH_FIELDS,
    Endpoint,
    Kind,
    cases,
    with_value,
)
from tests.cases import for_each, undone
from tests.problem_answers import faults_of
from tests.rows import nothing_written

UNFIT = ["a\0b", "\0", "\ud800", "a\udfffb", "\udc00\ud800"]


@for_each("endpoint, name", cases(WITH_FIELDS, *(set(Kind) - {Kind.OBJECT})), undone)
def test_nul_bytes_and_lone_surrogates_are_refused_in_values(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    with nothing_written():
        for value in UNFIT:
            response = send(endpoint, with_value(endpoint.body, name, value))
            faults = faults_of(response)
            assert {field for field, _code in faults} == {name}
            assert value not in str(response.json()["errors"])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\0b", "null_characters_not_allowed"),
        ("a\ud800b", "surrogate_characters_not_allowed"),
    ],
)
def test_the_code_says_which_characters_are_not_allowed(
    send: Send, value: str, code: str
) -> None:
    endpoint = next(each for each in WITH_FIELDS if "title" in each.body)

    response = send(endpoint, endpoint.body | {"title": value})

    assert faults_of(response) == {("title", code)}


@for_each("endpoint", ENDPOINTS, undone)
def test_nul_bytes_and_lone_surrogates_are_refused_in_names(
    send: Send, endpoint: Endpoint
) -> None:
    with nothing_written():
        for name in UNFIT:
            body = json.dumps(endpoint.body | {name: "x"}).encode()
            assert faults_of(send(endpoint, body)) == {(name, "unknown_field")}


@pytest.mark.parametrize(
    "endpoint", [each for each in WITH_FIELDS if "user" in each.body], ids=str
)
def test_lone_surrogates_are_refused_in_names_within(
    send: Send, endpoint: Endpoint
) -> None:
    with nothing_written():
        response = send(endpoint, with_value(endpoint.body, "user.\ud800", "x"))

    assert faults_of(response) == {("user.\ud800", "unknown_field")}


@pytest.mark.parametrize("title", ["\ud83e\uddec", "\U0001f9ec"])
def test_a_whole_surrogate_pair_is_a_character(send: Send, title: str) -> None:
    endpoint = next(each for each in WITH_FIELDS if "title" in each.body)
    body = json.dumps(endpoint.body | {"title": title}).encode("ascii")

    response = send(endpoint, body)

    assert response.status_code == 201
    assert response.json()["title"] == "\U0001f9ec"
