"""The examples of problems are what the server really answers."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.api.openapi.examples import cast
from phr.api.openapi.problems import SHARED
from phr.api.problems import IN_FLIGHT
from tests.openapi.sending import (
    NEW_EACH_TIME,
    OPERATIONS,
    client_of,
    send,
    without,
)
from tests.openapi.world import populate

CAST = cast()
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, User]:
    return populate()


RECORDS = "/api/health-records/"
JSON = "application/json"
GENERAL_PROBLEMS: dict[str, Callable[[APIClient], Any]] = {
    "bad_host": lambda client: client.get(RECORDS, HTTP_HOST="evil.example"),
    "bad_request": lambda client: client.get(RECORDS, CONTENT_LENGTH="many"),
    "https_required": lambda client: client.get(RECORDS),
    "malformed_json": lambda client: client.post(RECORDS, "{", content_type=JSON),
    "length_required": lambda client: client.get(
        RECORDS, HTTP_TRANSFER_ENCODING="chunked"
    ),
    "too_large": lambda client: client.post(
        RECORDS, b" " * (1024 * 1024 + 1), content_type=JSON
    ),
    "unsupported_media_type": lambda client: client.post(
        RECORDS, "title", content_type="text/plain"
    ),
    "not_authenticated": lambda _: APIClient().get(RECORDS),
    "invalid_token": lambda _: APIClient().get(
        RECORDS, HTTP_AUTHORIZATION="Bearer nonsense"
    ),
}


@pytest.mark.parametrize("code", GENERAL_PROBLEMS)
def test_general_problems_are_the_examples(
    world: dict[str, User], settings: Any, code: str
) -> None:
    settings.SECURE_SSL_REDIRECT = code == "https_required"
    settings.SECURE_REDIRECT_EXEMPT = ["^api/"]  # as in production

    answer = GENERAL_PROBLEMS[code](client_of(world["patient"]))

    assert answer.status_code == SHARED[code]["status"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert without(NEW_EACH_TIME, answer.json()) == without(NEW_EACH_TIME, SHARED[code])


def test_all_general_problems_are_compared() -> None:
    # They need a fault, or a server.
    elsewhere = {
        *("request_timeout", "head_too_large", "internal_error", "unavailable"),
        IN_FLIGHT.code,
    }

    assert SHARED.keys() - elsewhere == GENERAL_PROBLEMS.keys()


@pytest.mark.parametrize(
    ("who", "operation", "body", "status", "example"),
    [
        (
            "doctor",
            "assign_doctor",
            {"patient_id": CAST["patient"]["id"]},
            409,
            "already_in_care",
        ),
        (
            "patient",
            "assign_doctor",
            {"patient_id": CAST["patient"]["id"]},
            403,
            "not_allowed",
        ),
        (
            "doctor",
            "assign_doctor",
            {"patient_id": CAST["alice"]["id"]},
            404,
            "not_found",
        ),
        ("doctor", "change_record", {"title": "Mine"}, 403, "not_allowed"),
        ("patient", "change_comment", {"comment": "No"}, 403, "not_allowed"),
        ("staff", "read_record", None, 404, "not_found"),
        (
            "doctor",
            "open_emergency_access",
            {
                "patient_id": CAST["patient"]["id"],
                "reason_code": "OTHER",
                "reason": "x",
            },
            403,
            "emergency_access_off",
        ),
        ("staff", "list_changes", None, 404, "not_found"),
        ("patient", "restore_record", None, 409, "record_not_deleted"),
        ("patient", "read_erasure", None, 404, "not_found"),
        ("patient", "keep_account", None, 404, "not_found"),
        ("doctor", "restore_record", None, 403, "not_allowed"),
        (
            None,
            "login",
            {"username": "alice.moreau", "password": "x"},
            401,
            "invalid_credentials",
        ),
    ],
)
def test_refusals_are_the_examples(
    world: dict[str, User],
    who: str | None,
    operation: str,
    body: Any,
    status: int,
    example: str,
) -> None:
    answer = send(client_of(world[who] if who else None), operation, body)

    assert answer.status_code == status
    documented = OPERATIONS[operation][2]["responses"][str(status)]["content"]
    expected = documented["application/problem+json"]["examples"][example]["value"]
    assert without(NEW_EACH_TIME, answer.json()) == without(NEW_EACH_TIME, expected)
