"""Every error that the API answers, as RFC 9457 problem details."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from phr.api.json import Response
from phr.api.problem_kinds import GENERAL, INVALID_INPUT, MALFORMED_JSON, Kind
from phr.core.errors import Conflict, DomainError, Invalid, TooMany
from phr.core.postgres.cancellation import is_unwanted
from phr.interfaces.errors import status_of
from phr.interfaces.request_log import request_id

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
SECONDS_UNTIL_RETRY = 5
RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}

# Answered before Django sees the request, to who has too many in flight.
IN_FLIGHT = TooMany(
    _("You have too many open requests. Wait until some of them are answered."),
    retry_after=1,
)

CHALLENGE = 'Bearer realm="api"'

# Exceptions of Django and the database that views let through.
STATUS_OF_OTHERS: tuple[tuple[type[Exception], int], ...] = (
    (RequestDataTooBig, 413),
    (BadRequest, 400),
    (SuspiciousOperation, 400),
    (Http404, 404),
    (PermissionDenied, 403),
)
# Internal errors by their class, which time mends as well (PostgreSQL, appendix A): a
# standby that only reads, a transaction that stayed open with nothing to do.
PASSING_STATES = ("25006", "25P03")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong.

    :param errors: for bad input: field (a dotted path, or None), code, message.
    :param present: for conflicts: the state that the request contradicts.
    """

    status: int
    code: str
    title: str
    detail: str = ""
    errors: list[dict[str, Any]] | None = None
    present: str = ""

    @classmethod
    def of(cls, status: int, kind: Kind) -> "Problem":
        return cls(status, kind.code, str(kind.title))

    @classmethod
    def general(cls, status: int) -> "Problem":
        return cls.of(status, GENERAL[status])

    def body(self, path: str) -> dict[str, Any]:
        """The members of RFC 9457, and ours.

        :param path: of the request.
        """
        body: dict[str, Any] = {
            "type": f"/api-docs/#{self.code}",
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail or self.title,
            "code": self.code,
            "instance": path,
            "request_id": request_id(),
        }
        if self.present:
            body["present"] = self.present
        return body if self.errors is None else body | {"errors": self.errors}


def phrase_of(status: int) -> str:
    """The name of a status (RFC 9110); Python had older ones until 3.13."""
    return RENAMED.get(status) or HTTPStatus(status).phrase


def problem_page(
    request: HttpRequest, status: int, kind: Kind | None = None
) -> HttpResponse:
    """A problem answer outside of DRF's views.

    :param kind: where the status alone does not say enough.
    """
    found = Problem.of(status, kind or GENERAL[status])
    return Response(found.body(request.path), status, content_type=MEDIA_TYPE)


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """Answer an exception of a view; DRF calls this (EXCEPTION_HANDLER)."""
    found = describe(error)
    # What nobody waits for any more fails by that; its request's one line says so.
    is_given_up = found.status == HTTPStatus.SERVICE_UNAVAILABLE and is_unwanted()
    if found.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not is_given_up:
        log.error("request_failed", code=found.status, exc_info=error)
    return Response(
        found.body(context["request"].path),
        status=found.status,
        headers=headers_for(found.status, error),
        content_type=MEDIA_TYPE,
    )


def describe(error: Exception) -> Problem:
    """Find the problem that an exception stands for."""
    match error:
        case DomainError():
            return describe_domain_error(error)
        case exceptions.ValidationError():
            found = Problem.of(400, INVALID_INPUT)
            return replace(found, errors=list(flatten(error.detail)))
        case exceptions.ParseError():
            return replace(Problem.of(400, MALFORMED_JSON), detail=str(error.detail))
        case exceptions.APIException():
            return Problem.general(error.status_code)
        case _:
            if is_passing(error):
                return Problem.general(503)
            known = (code for kind, code in STATUS_OF_OTHERS if isinstance(error, kind))
            return Problem.general(next(known, 500))


def is_passing(error: BaseException | None) -> bool:
    """Whether the database is to blame, and may soon do what it did not do now."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    state = getattr(error.__cause__, "sqlstate", None) if error else None
    return isinstance(error, DatabaseError) and state in PASSING_STATES


def describe_domain_error(error: DomainError) -> Problem:
    code, title, errors = error.code, str(error.title), None
    if error.field is not None:
        errors = [{"field": error.field, "code": error.code, "message": error.detail}]
    if isinstance(error, Invalid):
        code, title = INVALID_INPUT.code, str(INVALID_INPUT.title)
    present = error.present if isinstance(error, Conflict) else ""
    return Problem(status_of(error), code, title, error.detail, errors, present)


def headers_for(status: int, error: Exception) -> dict[str, str]:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": CHALLENGE}
        case HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, TooMany):
            return too_many_headers(error)
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return {"Retry-After": str(SECONDS_UNTIL_RETRY)}
        case _:
            return {}


def too_many_headers(error: TooMany) -> dict[str, str]:
    """When to come again, and which limit it is.

    In the form of draft-ietf-httpapi-ratelimit-headers-10.
    """
    headers = {"Retry-After": str(error.retry_after)}
    if error.quota is None:
        return headers
    name, times, seconds = error.quota.name, error.quota.times, error.quota.seconds
    if seconds is None:  # of all there is: it does not begin anew with a window
        policy, left = f'"{name}";q={times}', f'"{name}";r=0'
    else:
        policy = f'"{name}";q={times};w={seconds}'
        left = f'"{name}";r=0;t={error.retry_after}'
    return headers | {"RateLimit-Policy": policy, "RateLimit": left}


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
