"""What is answered before Django sees a request.

It is in English: which language somebody reads is found out later.
"""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings

from phr.api.json import to_json
from phr.api.problems import IN_FLIGHT, Problem, describe, headers_for
from phr.core import metrics
from phr.core.errors import AccountLimitReached, DomainError, Quota, Unavailable
from phr.interfaces.content_policy import HEADER, NO_PAGE, build_policy
from server.admission import rate_limit_headers
from server.asgi_messages import Refusal
from server.lane_metrics import NOT_READ

log = structlog.get_logger(__name__)

HEADERS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    HEADER: build_policy(NO_PAGE),
}
# As Django's SecurityMiddleware puts it.
if settings.SECURE_HSTS_SECONDS:
    HEADERS["Strict-Transport-Security"] = "; ".join(
        [
            f"max-age={settings.SECURE_HSTS_SECONDS}",
            *(["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []),
            *(["preload"] if settings.SECURE_HSTS_PRELOAD else []),
        ]
    )


def problem(status: int) -> Refusal:
    """The answer to what could not be read, or broke the application."""
    NOT_READ.labels(status).inc()
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        metrics.ERRORS.inc()
    log.info("request_not_read", code=status)
    headers = HEADERS | headers_for(status, Exception())
    return Refusal(status, headers, to_json(Problem.general(status).body(path="")))


def turn_away(
    status: int, environ: dict[str, Any], left: int, hour_ends_in: int = 0
) -> Refusal:
    """The answer to a request that gets no turn.

    :param left: the units that its sender may still have in flight.
    :param hour_ends_in: seconds, where its user has used up the hour.
    """
    error = hour_is_used_up(hour_ends_in) if hour_ends_in else ERRORS[status]
    found = describe(error)
    request_id, path = str(uuid4()), environ["PATH_INFO"].encode("latin-1")
    body = found.body(path.decode(errors="replace")) | {"request_id": request_id}
    log.info("request_turned_away", code=status, request_id=request_id)
    headers = HEADERS | headers_for(status, error) | {"X-Request-ID": request_id}
    if error is IN_FLIGHT:
        headers |= rate_limit_headers(left)
    return Refusal(status, headers | cors_headers(environ), to_json(body))


def hour_is_used_up(wait: int) -> AccountLimitReached:
    most = settings.ACCOUNT_SECONDS_PER_HOUR
    return AccountLimitReached(
        "You have used up your server time for this hour.",
        retry_after=wait,
        quota=Quota("account:seconds-per-hour", most, HOUR),
    )


HOUR = 60 * 60  # seconds
ERRORS: dict[int, DomainError] = {
    429: IN_FLIGHT,
    503: Unavailable("The server is too busy. Please try again in a moment."),
}


def cors_headers(environ: dict[str, Any]) -> dict[str, str]:
    """What lets a page on another host read the answer, if it may (CORS)."""
    origin: str = environ.get("HTTP_ORIGIN", "")
    if origin not in settings.CORS_ALLOWED_ORIGINS:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(settings.CORS_EXPOSE_HEADERS),
        "Vary": "Origin",
    }
