"""Every error is a problem answer (RFC 9457), whatever went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
LOGIN = "/api/auth/login/"
pytestmark = pytest.mark.django_db

SECRET = "Sarcoidosis"


@pytest.mark.parametrize("who", ["nobody", "alice"])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "path",
    ["/api/nothing/", "/api/auth/login", "/api/auth//login/", "/api/\u00e9/"],
)
def test_an_unknown_path_is_not_found(
    api: Api, who: str, method: str, path: str
) -> None:
    response = getattr(api(who), method)(path)

    body = problem_of(response, 404, "not_found")
    assert body["instance"] == path


@pytest.mark.parametrize("path", ["/nothing/", "/wp-login.php", "/health/nothing/"])
def test_an_unknown_page_is_a_problem_to_programs_and_a_page_to_people(
    path: str,
) -> None:
    page = APIClient().get(path, HTTP_ACCEPT="text/html,*/*;q=0.8")

    problem_of(APIClient().get(path), 404, "not_found")
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("who", "path", "method", "allowed"),
    [
        ("nobody", "/api/auth/register/", "get", {"POST"}),
        ("nobody", LOGIN, "delete", {"POST"}),
        ("nobody", "/api/auth/token/refresh/", "put", {"POST"}),
        ("alice", "/api/auth/logout/", "get", {"POST"}),
        ("alice", "/api/auth/profile/", "delete", {"GET", "PUT", "PATCH"}),
        ("alice", "/api/auth/doctors/", "post", {"GET"}),
        ("sam", "/api/auth/assign-doctor/", "get", {"POST"}),
        ("alice", RECORDS, "put", {"GET", "POST"}),
        ("alice", RECORDS + "{}/", "post", {"GET", "PUT", "PATCH", "DELETE"}),
        ("alice", RECORDS + "{}/comments/", "delete", {"GET", "POST"}),
        ("dr_bob", RECORDS + "my-patients/", "patch", {"GET"}),
        ("alice", "/api/notifications/", "post", {"GET"}),
        ("alice", "/api/notifications/mark-all-read/", "get", {"POST"}),
        ("alice", "/api/notifications/{}/read/", "get", {"POST"}),
        ("alice", RECORDS, "trace", {"GET", "POST"}),
        ("nobody", "/api/schema/", "post", {"GET"}),
    ],
)
def test_a_method_that_an_address_does_not_know(
    api: Api,
    alices_record: HealthRecord,
    who: str,
    path: str,
    method: str,
    allowed: set[str],
) -> None:
    client = api(who)

    with nothing_written():
        response = getattr(client, method)(path.format(alices_record.pk))

    problem_of(response, 405, "method_not_allowed")
    allow = set(response.headers["Allow"].split(", "))
    assert allow - {"HEAD", "OPTIONS"} == allowed


def test_each_answer_has_an_id_of_its_own_that_the_server_chose(api: Api) -> None:
    client = api("alice")
    answers = [
        client.get(path, HTTP_X_REQUEST_ID="chosen-by-the-client")
        for path in ("/api/auth/profile/", "/api/nothing/", "/health/", "/nothing/")
    ]

    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert len({UUID(each) for each in ids}) == 4


def test_a_refusal_of_input_names_the_fields_and_nothing_else(api: Api) -> None:
    client = api("alice")

    response = client.post(RECORDS, {"title": "", "record_type": "X", "colour": 1})
    problem = problem_of(response, 400, "invalid_input")
    assert [fault["field"] for fault in problem["errors"]] == ["colour"]

    response = client.post(RECORDS, {"title": "", "record_type": "X"})
    assert faults_of(response) == {
        ("title", "blank"),
        ("record_type", "invalid_choice"),
        ("visit_date", "required"),
    }


def test_other_problems_have_no_errors(api: Api) -> None:
    problem = problem_of(api("nobody").get(RECORDS), 401, "not_authenticated")

    assert "errors" not in problem


def test_what_one_may_not_do_is_a_403(api: Api) -> None:
    client = api("dr_dan")

    with nothing_written():
        response = client.post(RECORDS, {"title": "x"})

    problem_of(response, 403, "not_allowed")


def test_a_body_that_is_too_long_or_of_another_type(api: Api) -> None:
    client = api("alice")

    with nothing_written():
        problem_of(
            client.generic("POST", RECORDS, " " * (1 << 20 | 1), "application/json"),
            *(413, "too_large"),
        )
        problem_of(
            client.generic("POST", RECORDS, "title: x", "application/yaml"),
            *(415, "unsupported_media_type"),
        )


def test_too_many_attempts(alice: PatientProfile) -> None:
    for _attempt in range(11):
        response = APIClient().post(LOGIN, {"username": "alice", "password": "x"})

    problem_of(response, 429, "too_many_requests")
    assert int(response.headers["Retry-After"]) > 0


def test_a_view_that_fails_is_a_500_that_says_nothing(api: Api) -> None:
    client = api("alice")
    failure = RuntimeError(SECRET)

    with (
        nothing_written(),
        patch("phr.notifications.services.mark_all_read", side_effect=failure),
    ):
        response = client.post("/api/notifications/mark-all-read/")

    problem_of(response, 500, "internal_error")
    assert SECRET not in response.content.decode()
    assert "RuntimeError" not in response.content.decode()


def test_a_page_that_fails_is_a_500_that_says_nothing() -> None:
    client = APIClient(raise_request_exception=False)

    with patch("phr.api.health.views.to_json", side_effect=RuntimeError(SECRET)):
        response = client.get("/health/")
        page = client.get("/health/", HTTP_ACCEPT="text/html")

    problem_of(response, 500, "internal_error")
    assert page.status_code == 500
    assert SECRET not in (response.content + page.content).decode()


@contextmanager
def database_away() -> Iterator[None]:
    """Nothing listens where the database was."""
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port


@pytest.mark.django_db(transaction=True)
def test_without_the_database_every_request_is_a_503(api: Api) -> None:
    client = api("alice")
    login = {"username": "alice", "password": PASSWORD}

    with database_away():
        answers = [
            client.get("/api/auth/profile/"),
            client.get(RECORDS),
            client.post(RECORDS, {"title": SECRET}),
            client.post("/api/notifications/mark-all-read/"),
            APIClient().post(LOGIN, login),
        ]
        alive = client.get("/health/")

    for answer in answers:
        problem_of(answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert alive.status_code == 200
    assert client.get(RECORDS).json()["results"] == []


def test_a_connection_that_breaks_within_a_request_is_a_503(api: Api) -> None:
    client = api("alice")
    broken = OperationalError(f"server closed the connection: {SECRET}")

    with patch("phr.notifications.services.mark_all_read", side_effect=broken):
        response = client.post("/api/notifications/mark-all-read/")

    problem_of(response, 503, "unavailable")
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (RECORDS, {"record_type": SECRET, "title": "x"}),
        (RECORDS, {"title": [SECRET], "record_type": "CHECKUP"}),
        (RECORDS, {"title": "x", "visit_date": SECRET}),
        (RECORDS, {"title": "x", "diagnosis": {SECRET: SECRET}}),
        (RECORDS, {"title": "x", "diagnosis": SECRET * 2_000}),
        (RECORDS, {"patient": SECRET}),
        (LOGIN, {"username": SECRET, "password": SECRET}),
        ("/api/auth/register/", {"username": f"{SECRET} <b>", "email": SECRET}),
        ("/api/auth/token/refresh/", {"refresh": SECRET}),
        ("/api/auth/profile/", {"user": SECRET}),
        ("/api/auth/assign-doctor/", {"patient_id": SECRET}),
    ],
)
def test_no_refusal_repeats_what_was_sent(api: Api, path: str, body: Any) -> None:
    client = api("sam" if "assign" in path else "alice")
    send = client.patch if "profile" in path else client.post

    with nothing_written():
        response = send(path, body)

    assert response.status_code in (400, 401)
    assert SECRET not in response.content.decode()


def test_json_that_is_broken_is_not_quoted(api: Api) -> None:
    broken = f'{{"title": "{SECRET}", '

    response = api("alice").generic("POST", RECORDS, broken, "application/json")

    problem_of(response, 400, "malformed_json")
    assert SECRET not in response.content.decode()


def test_an_answer_is_json_whatever_is_asked_for(api: Api) -> None:
    for accept in ("text/html", "application/xml", "image/*", "", "nonsense"):
        answer = api("alice").get(RECORDS, HTTP_ACCEPT=accept)
        refusal = api("nobody").get(RECORDS, HTTP_ACCEPT=accept)

        assert answer.headers["Content-Type"] == "application/json"
        problem_of(refusal, 401, "not_authenticated")
