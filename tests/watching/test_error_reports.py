"""What a Sentry server is sent."""

import json
import logging
from typing import Any
from unittest.mock import patch

import pytest
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from phr.core.ids import uuid7
from tests.conftest import Api
from tests.watching.conftest import Flush
from tests.watching.receivers import Receiver

pytestmark = pytest.mark.django_db


def reports_in(box: Receiver) -> list[dict[str, Any]]:
    """The events among the items of all envelopes."""
    found = []
    for path, body in box.received:
        assert path == "/api/1/envelope/"
        lines = body.split(b"\n")
        found += [
            json.loads(lines[number + 1])
            for number, line in enumerate(lines)
            if line.startswith(b"{") and json.loads(line).get("type") == "event"
        ]
    return found


def test_an_error_is_reported_with_its_place_and_without_its_words(
    api: Api, alice: PatientProfile, sentry: Receiver, flush: Flush
) -> None:
    def fail(**_: Any) -> None:
        diagnosis = "Sarcoidosis"
        raise LookupError(diagnosis) from ValueError("Stage II")

    with patch("phr.health_records.reads.open_record", fail):
        answer = api("alice").get(f"/api/health-records/{uuid7()}/")
    flush()

    (report,) = reports_in(sentry)
    assert (answer.status_code, report["message"]) == (500, "request_failed")
    assert report["tags"] == {
        "code": "500",
        "route": "api/health-records/<uuid:record_id>/",
        "request_id": answer.headers["X-Request-ID"],
    }
    oldest, newest = report["exception"]["values"]
    assert (oldest["type"], newest["type"]) == ("ValueError", "LookupError")
    frame = newest["stacktrace"]["frames"][-1]
    assert frame["function"] == "fail"
    assert frame.keys() == {"filename", "lineno", "function"}
    for text in (b"Sarcoidosis", b"Stage II", b"server_name", b"vars"):
        assert text not in sentry.everything


def test_what_is_no_error_is_not_reported(sentry: Receiver, flush: Flush) -> None:
    APIClient().get("/api/nothing/")
    logging.getLogger("some.library").warning("Sarcoidosis")
    flush()

    assert reports_in(sentry) == []


def test_of_a_librarys_line_only_the_library_is_named(
    sentry: Receiver, flush: Flush
) -> None:
    logging.getLogger("some.library").error("Sarcoidosis %s", "Stage II")
    flush()

    (report,) = reports_in(sentry)
    assert (report["message"], report["logger"]) == ("some.library", "some.library")
    assert b"Sarcoidosis" not in sentry.everything
    assert b"Stage II" not in sentry.everything
