"""An address tells which methods it has, and which one with a slash was meant."""

import re
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from tests.access.test_routes import ROUTES, UNKNOWN
from tests.cases import for_each, undone
from tests.conftest import Api
from tests.problem_answers import problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
ID = "01890000-0000-7000-8000-000000000000"
METHODS = {
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")
}
LOGIN, RECORDS = "/api/auth/login/", "/api/health-records/"
# Each address of the server, with ids of nothing; those of the admin site are its own.
PATHS = [
    re.sub("{[^}]*}", ID, route.path)
    for route in ROUTES
    if route.view and route.path != UNKNOWN
]


def methods_told(answer: Any) -> set[str]:
    methods = str(answer.headers["Allow"]).split(", ")
    assert sorted(set(methods)) == sorted(methods)
    return set(methods)


@for_each("path", PATHS, undone)
def test_an_address_has_the_methods_that_it_tells_of(path: str) -> None:
    """To everybody the same, and so before it asks who it is (RFC 9110)."""
    client = Client(enforce_csrf_checks=True)

    with nothing_written():
        asked = client.options(path)
        answers = {method: client.generic(method, path) for method in METHODS}

    assert (asked.status_code, asked.content) == (204, b"")
    assert "Content-Type" not in asked.headers
    refused = {m: a for m, a in answers.items() if a.status_code == 405}
    assert methods_told(asked) == METHODS - refused.keys()
    assert {"GET", "HEAD"} & methods_told(asked) in ({"GET", "HEAD"}, set())
    for answer in refused.values():
        assert methods_told(answer) == methods_told(asked)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (LOGIN, {"POST", "OPTIONS"}),
        (RECORDS, {"GET", "HEAD", "POST", "OPTIONS"}),
        (f"{RECORDS}{ID}/", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        ("/api/schema/", {"GET", "HEAD", "OPTIONS"}),
        ("/swagger/", {"GET", "HEAD", "OPTIONS"}),
        ("/", {"GET", "HEAD", "OPTIONS"}),
        ("/health/", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_what_is_told_is_what_there_is(path: str, methods: set[str]) -> None:
    assert methods_told(APIClient().options(path)) == methods


def test_the_server_as_a_whole_may_be_asked_and_nothing_else() -> None:
    answers = {
        method: APIClient().generic(method, "/", PATH_INFO="*").status_code
        for method in ("OPTIONS", "GET", "POST")
    }

    assert answers == {"OPTIONS": 204, "GET": 404, "POST": 404}


def test_asking_for_methods_tells_nothing_of_a_record(
    api: Api, alices_record: HealthRecord
) -> None:
    seen = {
        (answer.status_code, answer.headers["Allow"], answer.content)
        for who in ("alice", "carol", "dr_dan", "nobody")
        for record in (alices_record.pk, ID)
        for answer in [api(who).options(f"{RECORDS}{record}/?a=b")]
    }

    assert len(seen) == 1


def test_a_page_of_another_origin_still_asks_first(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://portal.example.org"]
    first: Any = {
        "HTTP_ORIGIN": "https://portal.example.org",
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
    }

    answer = APIClient().options(LOGIN, **first)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == first["HTTP_ORIGIN"]


@for_each("method", ["GET", "POST", "DELETE", "OPTIONS"])
@for_each("path", [p for p in PATHS if p.startswith("/api/") and p != "/api/"], undone)
def test_an_address_without_its_slash_names_the_one_with_it(
    path: str, method: str
) -> None:
    client = APIClient()

    with nothing_written():
        answer = client.generic(method, f"{path.rstrip('/')}?search=secret")

    found = problem_of(answer, 404, "not_found")
    assert path in found["detail"].split()
    assert found["instance"] == path.rstrip("/")
    assert "secret" not in found["detail"]
    assert "Allow" not in answer.headers
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/api/nothing/",
        "/api/auth/login//",
        "/api/auth/login.json",
        "/api/auth",
        f"{RECORDS}{ID}x",
        f"{RECORDS}42",
        "/api/AUTH/login",
        "/api/auth/login\n",
        "/api/auth/login ",
    ],
)
def test_what_is_nothing_with_a_slash_either_gets_no_hint(path: str) -> None:
    answer = APIClient().generic("GET", "/", PATH_INFO=path)

    assert problem_of(answer, 404, "not_found")["detail"] == "Not found"


def test_the_hint_is_the_same_for_what_is_there_and_what_is_not(
    api: Api, alice: PatientProfile, alices_record: HealthRecord
) -> None:
    details = {
        problem_of(api(who).get(f"{RECORDS}{record}"), 404, "not_found")[
            "detail"
        ].replace(str(record), "")
        for who in ("alice", "carol", "nobody")
        for record in (alices_record.pk, ID)
    }

    assert len(details) == 1
