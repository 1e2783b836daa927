"""Bodies that are no JSON, no object, too long, too deep or of another type."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from phr.health_records.models import HealthRecord
from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import (
    COMPLETE,
    ENDPOINTS,
    RECORD,
    RECORDS,
    WITH_FIELDS,
    WITHOUT_WORDS,
    Endpoint,
)
from tests.cases import for_each, undone
from tests.conftest import Api
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

MIB = 1024 * 1024
BROKEN = {
    "half an object": b'{"title": "x"',
    "a bare word": b"title",
    "single quotes": b"{'title': 'x'}",
    "a trailing comma": b'{"title": "x",}',
    "two documents": b"{} {}",
    "a comment": b"{} // x",
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": Infinity}',
    "minus Infinity": b'{"title": -Infinity}',
    "a raw line break in a string": b'{"title": "x\ny"}',
    "Latin-1": '{"title": "é"}'.encode("latin-1"),
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"title": "x"}',
    "a surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "a number of 5000 digits": b'{"title": ' + b"9" * 5_000 + b"}",
    "100000 lists": b"[" * 100_000,
    "100000 closed lists": b"[" * 100_000 + b"]" * 100_000,
    "100000 objects": b'{"user":' * 100_000,
    "only white space": b"  \n",
    "a form": b"title=x&record_type=CHECKUP",
}
NO_OBJECT: list[Any] = [[], [{}], ["x"], "x", "", 7, 1.5, True, False, None]
OTHER_TYPES = [
    "text/plain",
    "text/html",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonx",
    "application/json-patch+json",
    "application",
    "*/*",
]


@for_each("endpoint", ENDPOINTS, undone)
def test_what_is_no_json_is_refused(send: Send, endpoint: Endpoint) -> None:
    with nothing_written():
        for name, body in BROKEN.items():
            response = send(endpoint, body)
            assert (name, response.status_code) == (name, 400)
            assert problem_of(response, 400, "malformed_json")


@for_each("endpoint", ENDPOINTS, undone)
def test_json_that_is_no_object_is_refused(send: Send, endpoint: Endpoint) -> None:
    with nothing_written():
        for body in NO_OBJECT:
            faults = faults_of(send(endpoint, body))
            assert (body, {field for field, _code in faults}) == (body, {None})


@for_each("endpoint", COMPLETE, undone)
def test_no_body_is_an_empty_one(send: Send, endpoint: Endpoint) -> None:
    with nothing_written():
        nothing, empty = send(endpoint, b""), send(endpoint, {})

    assert faults_of(nothing) == faults_of(empty) != set()


@pytest.mark.parametrize("endpoint", WITHOUT_WORDS, ids=str)
@pytest.mark.parametrize("body", [b"", {}])
def test_where_no_field_is_required_no_body_is_needed(
    send: Send, endpoint: Endpoint, body: bytes | dict[str, str]
) -> None:
    assert send(endpoint, body).status_code == 200


@for_each("endpoint", WITH_FIELDS, undone)
def test_a_value_nested_deeply_is_refused(send: Send, endpoint: Endpoint) -> None:
    name = next(iter(endpoint.body))
    for opening, closing in (("[", "]"), ('{"x":', "}")):
        deep = opening * 200 + "1" + closing * 200
        body = json.dumps(endpoint.body | {name: 0}).replace("0", deep, 1)
        with nothing_written():
            response = send(endpoint, body.encode())
        assert response.status_code == 400


@for_each("endpoint", ENDPOINTS, undone)
def test_another_content_type_is_refused(send: Send, endpoint: Endpoint) -> None:
    with nothing_written():
        for content_type in OTHER_TYPES:
            response = send(endpoint, endpoint.body, content_type)
            assert (content_type, response.status_code) == (content_type, 415)
            assert problem_of(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=y"],
)
def test_json_by_any_of_its_names_is_taken(send: Send, content_type: str) -> None:
    endpoint = Endpoint("alice", "post", RECORDS, RECORD)

    assert send(endpoint, RECORD, content_type).status_code == 201


@for_each("endpoint", ENDPOINTS, undone)
def test_a_body_over_one_mebibyte_is_refused(send: Send, endpoint: Endpoint) -> None:
    body = json.dumps(endpoint.body).encode().ljust(MIB + 1)

    with nothing_written():
        response = send(endpoint, body)

    problem_of(response, 413, "too_large")


def test_a_body_of_just_one_mebibyte_is_read(send: Send) -> None:
    endpoint = Endpoint("alice", "post", RECORDS, RECORD)
    body = json.dumps(RECORD).encode().ljust(MIB)

    assert send(endpoint, body).status_code == 201


def test_nobody_needs_to_sign_in_to_be_told_that_a_body_is_too_large(
    api: Api, db: None
) -> None:
    response = api("nobody").generic(
        "POST", RECORDS, " " * (MIB + 1), "application/json"
    )

    problem_of(response, 413, "too_large")


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "0x10", "\u00b2"])
def test_a_length_that_is_no_number_is_refused(send: Send, length: str) -> None:
    endpoint = Endpoint("alice", "post", RECORDS, RECORD)

    with nothing_written():
        response = send(endpoint, RECORD, CONTENT_LENGTH=length)

    problem_of(response, 400, "bad_request")


def test_a_length_beyond_all_measure_is_refused(send: Send) -> None:
    endpoint = Endpoint("alice", "post", RECORDS, RECORD)

    with nothing_written():
        response = send(endpoint, RECORD, CONTENT_LENGTH="9" * 5_000)

    problem_of(response, 413, "too_large")


@for_each("endpoint", ENDPOINTS, undone)
def test_a_body_of_unknown_length_is_refused(send: Send, endpoint: Endpoint) -> None:
    with nothing_written():
        response = send(endpoint, b"", HTTP_TRANSFER_ENCODING="chunked")

    problem_of(response, 411, "length_required")


@for_each(
    "host",
    ["evil.example", "testserver.evil.example", "test server", "testserver:x", "[::1"],
)
@for_each("path", ["/", "/health/", "/sign-in/", "/admin/", "/api/nowhere/"], undone)
@pytest.mark.django_db
def test_a_forged_host_is_refused_everywhere(path: str, host: str) -> None:
    response = APIClient().get(path, HTTP_HOST=host)

    problem_of(response, 400, "bad_host")
    assert host not in response.content.decode()


def test_a_forged_host_writes_nothing_and_shows_nothing(
    send: Send, api: Api, alices_record: HealthRecord
) -> None:
    client = api("alice")

    with nothing_written():
        for endpoint in ENDPOINTS:
            response = send(endpoint, endpoint.body, HTTP_HOST="evil.example")
            problem_of(response, 400, "bad_host")
        response = client.get(RECORDS, HTTP_HOST="evil.example")

    problem_of(response, 400, "bad_host")
    assert alices_record.title not in response.content.decode()
