"""What production logs: that something happened, and nothing that was said."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import structlog
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from phr.core.compiled_queries import CompiledQuery
from phr.core.ids import uuid7
from tests.accounts.bodies import PASSWORD, patient_body
from tests.conftest import Api
from tests.problem_answers import problem_of
from tests.production_logs import captured_logs

REGISTER, LOGIN = "/api/auth/register/", "/api/auth/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_logs() as lines:
        yield lines


def test_no_answer_repeats_a_password(log: io.StringIO) -> None:
    client = APIClient()
    answers = [
        client.post(REGISTER, patient_body()),
        client.post(REGISTER, patient_body()),  # taken
        client.post(REGISTER, patient_body(user_type="ADMIN")),
        client.post(REGISTER, patient_body(password_confirm=PASSWORD + "x")),
        client.post(LOGIN, {"username": "nora", "password": PASSWORD}),
        client.post(LOGIN, {"username": "nora", "password": PASSWORD + "x"}),
        client.post(LOGIN, {"username": "nora", "password": [PASSWORD]}),
        client.post(LOGIN, {"username": "nora", "pass": PASSWORD}),
    ]

    assert [answer.status_code for answer in answers] == [
        *(201, 400, 400, 400),
        *(200, 401, 400, 400),
    ]
    assert all(PASSWORD not in answer.content.decode() for answer in answers)
    assert PASSWORD not in log.getvalue()
    assert log.getvalue().count('"request_finished"') == len(answers)


def test_a_failing_registration_logs_no_password(log: io.StringIO) -> None:
    def fail(**values: Any) -> None:
        raise RuntimeError(str(values))

    with patch("phr.identity.sign_up.register", fail):
        response = APIClient().post(REGISTER, patient_body())

    assert response.status_code == 500
    assert "builtins.RuntimeError" in log.getvalue()
    for secret in (PASSWORD, "nora", "Lindqvist"):
        assert secret not in response.content.decode()
        assert secret not in log.getvalue()


def test_what_the_database_quotes_of_a_row_is_not_logged(
    api: Api, alice: PatientProfile, log: io.StringIO
) -> None:
    record = {
        "record_type": "DIAGNOSIS",
        "title": "Sarcoidosis",
        "diagnosis": "Stage II, confirmed",
        "visit_date": "1815-06-18T12:00:00Z",
    }

    with patch("phr.health_records.services.check_visit_date"):
        response = api("alice").post("/api/health-records/", record)

    body = problem_of(response, 500, "internal_error")
    line = next(
        line
        for line in map(json.loads, log.getvalue().splitlines())
        if "exception" in line
    )
    assert line["request_id"] == body["request_id"]
    assert [error["type"] for error in line["exception"]] == [
        "django.db.utils.IntegrityError",
        "psycopg.errors.CheckViolation",
    ]
    frames = line["exception"][0]["frames"]
    assert any("health_records/services.py" in frame for frame in frames)
    for text in ("Sarcoidosis", "Stage II", "Failing row", "1815-06-18"):
        assert text not in log.getvalue()
        assert text not in response.content.decode()


def test_libraries_log_which_error_it_was_and_not_what_it_said(
    log: io.StringIO,
) -> None:
    def fail() -> None:
        try:
            int("Sarcoidosis")
        except ValueError as error:
            raise LookupError("Stage II") from error

    try:
        fail()
    except LookupError as error:
        record = logging.LogRecord(
            *("some.library", logging.ERROR, __file__, 1, "Failed: %s", (error,)),
            exc_info=(type(error), error, error.__traceback__),
        )
        logging.getLogger("some.library").handle(record)
        structlog.get_logger("some.library").exception("failed", why=error)
        structlog.get_logger("some.library").error(
            "task_failed", error=str(error), exception=error
        )

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    kinds = ["builtins.LookupError", "builtins.ValueError"]
    for line in lines:
        assert [error["type"] for error in line["exception"]] == kinds
    assert lines[0]["event"] == "Failed: builtins.LookupError"
    assert lines[1]["why"] == "builtins.LookupError"
    assert "error" not in lines[2]
    assert "Stage II" not in log.getvalue()
    assert "Sarcoidosis" not in log.getvalue()


def test_a_stack_that_overflowed_is_cut(log: io.StringIO) -> None:
    def descend() -> None:
        descend()

    try:
        descend()
    except RecursionError:
        logging.getLogger("some.library").exception("Too deep")

    (error,) = json.loads(log.getvalue())["exception"]
    assert 1 < len(error["frames"]) <= 50


def test_tokens_are_not_logged(api: Api, log: io.StringIO) -> None:
    tokens = APIClient().post(REGISTER, patient_body()).json()["tokens"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    for _use in range(2):
        client.post("/api/auth/token/refresh/", {"refresh": tokens["refresh"]})
    client.get("/api/auth/profile/", {"access_token": tokens["access"]})

    for token in tokens.values():
        assert token not in log.getvalue()
        assert token.rpartition(".")[2] not in log.getvalue()


def test_what_somebody_searched_for_is_not_logged(
    api: Api, alice: PatientProfile, log: io.StringIO
) -> None:
    api("alice").get("/api/health-records/", {"search": "chlamydia"})
    api("alice").get("/api/health-records/", {"serch": "chlamydia"})

    assert "GET /api/health-records/" in log.getvalue()
    assert "chlamydia" not in log.getvalue()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/admin/chlamydia", {}),
        ("/sign-in/", {"HTTP_ORIGIN": "https://chlamydia.example"}),
        ("/sign-in/", {"HTTP_HOST": "chlamydia.example"}),
        ("/sign-in/", {"data": {str(each): "" for each in range(1_001)}}),
    ],
)
def test_what_somebody_made_up_is_not_logged_when_it_is_refused(
    log: io.StringIO, path: str, headers: dict[str, Any]
) -> None:
    refused = Client(enforce_csrf_checks=True).post(path, **headers)

    assert refused.status_code in (400, 403)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request_started", "request_finished"]
    assert (lines[1]["code"], lines[1]["level"]) == (refused.status_code, "info")
    assert "chlamydia" not in log.getvalue()


def test_the_line_of_a_request_says_what_it_took_and_who_was_signed_in(
    api: Api, alice: PatientProfile, log: io.StringIO
) -> None:
    record_id = uuid7()
    api("alice").get(f"/api/health-records/{record_id}/")

    line = finished(log)
    assert line["route"] == "api/health-records/<uuid:record_id>/"
    assert (line["code"], line["user_id"]) == (404, str(alice.user_id))
    assert line["queries"] >= 2  # who is it, and which record
    assert 0 < line["ms"] < 60_000


def test_the_line_of_a_request_of_nobody_names_nobody(log: io.StringIO) -> None:
    APIClient().get("/api/health-records/")

    line = finished(log)
    assert (line["code"], line["user_id"], line["queries"]) == (401, None, 0)


def finished(log: io.StringIO) -> dict[str, Any]:
    lines = map(json.loads, log.getvalue().splitlines())
    found: dict[str, Any] = next(
        line for line in lines if line["event"] == "request_finished"
    )
    return found


def test_a_slow_statement_is_logged_with_its_route_and_without_values(
    api: Api, alice: PatientProfile, log: io.StringIO, settings: Any
) -> None:
    settings.SLOW_STATEMENT_MS = 1
    delay = "SELECT pg_sleep(0.01), 'Sarcoidosis', 1815.1806, %s::text"

    def read_slowly(**_: Any) -> None:
        CompiledQuery(delay.replace("%s", "%(title)s")).rows(title="chlamydia")
        with connection.cursor() as cursor:
            cursor.execute(delay, ["chlamydia"])

    with patch("phr.health_records.reads.open_record", read_slowly):
        api("alice").get(f"/api/health-records/{uuid7()}/")

    lines = map(json.loads, log.getvalue().splitlines())
    slow = [line for line in lines if "pg_sleep" in line.get("statement", "")]
    assert len(slow) == 2
    for line in slow:
        assert line["event"] == "slow_statement"
        assert line["route"] == "api/health-records/<uuid:record_id>/"
        assert 10 <= line["ms"] < 60_000
        assert line["statement"].startswith("SELECT pg_sleep(?), ?, ?, ")
    for text in ("Sarcoidosis", "1815.1806", "chlamydia"):
        assert text not in log.getvalue()


def test_what_people_type_into_an_address_is_not_logged(log: io.StringIO) -> None:
    for path in ("/api/sarcoidosis/", "/sarcoidosis", "/admin/sarcoidosis/"):
        APIClient().get(path, HTTP_USER_AGENT="sarcoidosis")

    assert "GET /unknown" in log.getvalue()
    assert "sarcoidosis" not in log.getvalue()
