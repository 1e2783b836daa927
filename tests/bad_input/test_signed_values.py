"""Cursors and keys that are rightly signed, and hold what no server of ours puts there.

Only a mistake of ours, or an older version, could have made one: no 500 even so.
"""

from typing import Any

from allauth.account import app_settings
from django.core import signing

from phr.api.audit import ledger_check_cursors
from phr.care.models import PatientProfile
from phr.interfaces.cursors import signer
from tests.bad_input.test_queries import LISTS
from tests.cases import for_each, undone
from tests.conftest import Api
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

TIME, ID = "2026-03-02T09:00:00+00:00", "019a0000-0000-7000-8000-000000000001"
ODD: list[Any] = [
    *(None, True, 7, 1.5, "x", [], {}, [[]], [1, 2], ["a", "b", "c", "d"]),
    *([True, 7, ID], [True, None, ID], [True, TIME, 7], [True, TIME, None]),
    *([True, TIME, "x"], [True, "x", ID], [True, [TIME], [ID]], {"a": 1, "b": 2}),
    *([True, "9" * 500, ID], [1, None, 1], [1, "zz", 1], [1, "00", None]),
    *([None, "00", 1], ["x", "00", "y"], [[], "00", {}], "9" * 300),
]


@for_each("value", ODD, undone)
def test_a_cursor_of_something_else_is_none(
    api: Api, addresses: dict[str, str], value: Any
) -> None:
    given = signer.sign_object(value)
    who, path = LISTS[0]

    response = api(who).get(path.format(**addresses), {"cursor": given})

    assert faults_of(response) == {("cursor", "invalid")}


@for_each("value", ODD, undone)
def test_a_place_in_the_ledger_of_something_else_is_none(
    api: Api, alice: PatientProfile, value: Any
) -> None:
    given = ledger_check_cursors.signer.sign_object(value)

    response = api("alice").get("/api/access-log/verify/", {"cursor": given})

    assert faults_of(response) == {("cursor", "invalid")}


@for_each("value", ODD, undone)
def test_a_key_of_something_else_confirms_nothing(
    api: Api, alice: PatientProfile, value: Any
) -> None:
    key = signing.dumps(value, salt=app_settings.SALT)

    with nothing_written():
        response = api("nobody").post("/api/auth/email/confirm/", {"key": key[:500]})

    problem_of(response, 403, "invalid_link")
