"""What every error answer must have (RFC 9457, and DESIGN, section 8)."""

from typing import Any, cast

from django.http import HttpResponse

MEMBERS = {"type", "title", "status", "detail", "code", "instance", "request_id"}

Json = dict[str, Any]


def problem_of(response: Any, status: int, code: str) -> Json:
    """Check an answer to be this problem, whole and rightly labelled; give its body."""
    answer = cast(HttpResponse, response)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: Json = response.json()
    assert body.keys() - {"errors", "present"} == MEMBERS
    assert "present" not in body or status in (409, 412)
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == answer.headers["X-Request-ID"] != ""
    assert body["title"]
    assert body["detail"]
    return body


def faults_of(response: Any) -> set[tuple[str | None, str]]:
    """The fields at fault, each with its code, of a refusal of input."""
    body = problem_of(response, 400, "invalid_input")
    assert all(fault.keys() == {"field", "code", "message"} for fault in body["errors"])
    return {(fault["field"], fault["code"]) for fault in body["errors"]}
