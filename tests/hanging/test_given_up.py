"""A request that was given up is one line in the log, and no defect."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from phr.care.models import PatientProfile
from phr.core.postgres.cancellation import Work
from tests.conftest import Api

pytestmark = pytest.mark.django_db(transaction=True)


def lines_of(ask: Callable[[], Any], *, status: int = 503) -> list[Any]:
    """What is logged of a request for which nobody waits any more."""
    work = Work()
    work.is_unwanted = True
    with capture_logs() as lines:
        answer = work.run(ask)
    assert answer.status_code == status, lines
    return lines


def open_page() -> Any:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    return client.get("/admin/")


def assert_one_line(lines: list[Any], request: str) -> None:
    (line,) = [line for line in lines if line["log_level"] != "debug"]
    assert line["event"] == "request_given_up"
    assert (line["log_level"], line["request"]) == ("warning", request)
    assert "exc_info" not in line


def test_in_the_api(api: Api, alice: PatientProfile) -> None:
    client = api("alice")

    lines = lines_of(lambda: client.get("/api/health-records/"))

    assert_one_line(lines, "GET /api/health-records/")


def test_on_a_page() -> None:
    assert_one_line(lines_of(open_page), "GET /admin/")


def test_a_defect_in_what_was_given_up_is_told_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    for module in ("cancellation", "prepared_statements"):
        monkeypatch.setattr(f"phr.core.postgres.{module}.insist_on_interest", fail)

    events = {line["event"] for line in lines_of(open_page, status=500)}

    assert "request_failed" in events
    assert "request_given_up" not in events
