"""Fields by which a sender would give themselves powers, or be read in two ways."""

import json
from typing import Any

import pytest

from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import ENDPOINTS, Endpoint, with_value
from tests.cases import for_each, undone
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

POWERS: dict[str, Any] = {
    "is_staff": True,
    "Is_Staff": True,
    "IS_STAFF": True,
    "isStaff": True,
    "is_staff ": True,
    "is-staff": True,
    "is_superuser": True,
    "is_active": True,
    "user_type ": "ADMIN",
    "User_Type": "ADMIN",
    "userType": "ADMIN",
    "role": "ADMIN",
    "groups": [1],
    "user_permissions": [1],
    "user.user_type": "ADMIN",
    "user[user_type]": "ADMIN",
    "user__user_type": "ADMIN",
    "user_id": 1,
    "pk": 1,
    "patient.user": {"user_type": "ADMIN"},
    "is_verified": True,
    "verified_at": "2026-01-01T00:00:00Z",
    "verified_by": 1,
    "proved_at": "2099-01-01T00:00:00Z",
    "second_factor": True,
    "session_id": "x",
    "created_at": "2026-01-01T00:00:00Z",
    "version": 9,
    "__proto__": {"is_staff": True},
    "constructor": {"prototype": {"is_staff": True}},
    "__class__": "User",
    "$where": "1",
    "$ne": None,
}


@for_each("endpoint", ENDPOINTS, undone)
def test_no_body_gives_its_sender_powers(send: Send, endpoint: Endpoint) -> None:
    """In whatever case and spelling, alone and one within another."""
    with nothing_written():
        for name, value in POWERS.items():
            faults = faults_of(send(endpoint, endpoint.body | {name: value}))
            assert {field for field, _code in faults} == {name}


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if "user" in each.body], ids=str
)
def test_no_object_within_gives_its_sender_powers(
    send: Send, endpoint: Endpoint
) -> None:
    with nothing_written():
        for name, value in POWERS.items():
            if "." in name:
                continue
            body = with_value(endpoint.body, f"user.{name}", value)
            faults = faults_of(send(endpoint, body))
            assert {field for field, _code in faults} == {f"user.{name}"}


@for_each("endpoint", ENDPOINTS, undone)
def test_a_name_that_stands_twice_is_no_json(send: Send, endpoint: Endpoint) -> None:
    """Whoever looked at the body before may have read the other value."""
    first = next(iter(endpoint.body), "is_staff")
    inner = json.dumps({first: "x"})[1:-1]
    rest = json.dumps(endpoint.body or {first: "x"})[1:-1]

    with nothing_written():
        for text in (f"{{{inner}, {rest}}}", f"{{{rest}, {inner}}}"):
            problem_of(send(endpoint, text.encode()), 400, "malformed_json")
