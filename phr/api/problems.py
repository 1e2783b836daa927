"""Every error that the API answers, as RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from phr.api.json import to_json
from phr.core.errors import DomainError, Invalid, TooMany
from phr.interfaces.errors import status_of
from phr.interfaces.middleware import request_id

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
SECONDS_UNTIL_RETRY = 5

# Code and title of what goes wrong before the domain is asked, by status.
GENERAL = {
    400: ("bad_request", "The request is broken"),
    401: ("not_authenticated", "Sign in first"),
    403: ("not_allowed", "You may not do this"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "This address does not know the method"),
    411: ("length_required", "Say how long the body is"),
    413: ("too_large", "The body is larger than 1 MiB"),
    415: ("unsupported_media_type", "Send application/json"),
    500: ("internal_error", "Something went wrong on our side"),
    503: ("unavailable", "Temporarily unavailable"),
}
INVALID_INPUT = ("invalid_input", "The input is not valid")
MALFORMED_JSON = ("malformed_json", "The body is not valid JSON")
INSECURE = ("https_required", "Use https")
BAD_HOST = ("bad_host", "This server does not go by that name")


def problem(
    path: str,
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The body of a problem answer.

    :param path: the path of the request.
    :param errors: for bad input: field (a dotted path, or None), code, message.
    """
    body: dict[str, Any] = {
        "type": f"/api-docs/#{code}",
        "title": title,
        "status": int(status),
        "detail": detail or title,
        "code": code,
        "instance": path,
        "request_id": request_id(),
    }
    if errors is not None:
        body["errors"] = errors
    return body


def problem_page(
    request: HttpRequest, status: int, named: tuple[str, str] | None = None
) -> HttpResponse:
    """A problem answer outside of DRF's views.

    :param named: code and title, where the status alone does not say enough.
    """
    code, title = named or GENERAL[status]
    body = problem(request.path, status, code, title)
    return HttpResponse(to_json(body), status=status, content_type=MEDIA_TYPE)


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """Answer an exception of a view; DRF calls this (EXCEPTION_HANDLER)."""
    path = context["request"].path
    status, headers, body = describe(error, path)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.exception("request_failed", code=status)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def describe(error: Exception, path: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body for an exception."""
    match error:
        case DomainError():
            return describe_domain_error(error, path)
        case exceptions.ValidationError():
            code, title = INVALID_INPUT
            errors = list(flatten(error.detail))
            return 400, {}, problem(path, 400, code, title, errors=errors)
        case exceptions.ParseError():
            return 400, {}, problem(path, 400, *MALFORMED_JSON, str(error.detail))
        case exceptions.MethodNotAllowed():
            return general(path, 405)
        case exceptions.APIException():
            return general(path, error.status_code, authenticate(error))
        case RequestDataTooBig():
            return general(path, 413)
        case BadRequest() | SuspiciousOperation():
            return general(path, 400)
        case Http404():
            return general(path, 404)
        case PermissionDenied():
            return general(path, 403)
        case OperationalError() | InterfaceError():
            return general(path, 503, {"Retry-After": str(SECONDS_UNTIL_RETRY)})
        case _:
            return general(path, 500)


def general(
    path: str, status: int, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    return status, headers or {}, problem(path, status, *GENERAL[status])


def authenticate(error: exceptions.APIException) -> dict[str, str]:
    challenge = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": challenge} if challenge else {}


def describe_domain_error(
    error: DomainError, path: str
) -> tuple[int, dict[str, str], Any]:
    status, headers = status_of(error), {}
    code, title, errors = error.code, error.title, None
    if error.field is not None:
        errors = [{"field": error.field, "code": error.code, "message": error.detail}]
    if isinstance(error, Invalid):
        code, title = INVALID_INPUT
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    return status, headers, problem(path, status, code, title, error.detail, errors)


CHALLENGE = 'Bearer realm="api"'


def flatten(detail: Any, path: str = "") -> Any:
    """Yield DRF's nested errors as a list of field, code and message."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from flatten(inner, ".".join(filter(None, (path, here))))
    elif isinstance(detail, list):
        for inner in detail:
            yield from flatten(inner, path)
    else:
        yield {"field": path or None, "code": detail.code, "message": str(detail)}
