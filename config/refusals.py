"""What is answered before Django sees a request."""

from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings

from config.door import POLICY, REMAINING
from config.messages import Refusal
from phr.api.json import to_json
from phr.api.problems import IN_FLIGHT, Problem, describe, headers_for
from phr.core.errors import DomainError, Unavailable
from phr.interfaces.content_policy import HEADER, NO_PAGE, build_policy

log = structlog.get_logger(__name__)

HEADERS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    HEADER: build_policy(NO_PAGE),
}
if settings.SECURE_HSTS_SECONDS:
    HEADERS["Strict-Transport-Security"] = (
        f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    )


def problem(status: int) -> Refusal:
    """The answer to what could not be read, or broke the application."""
    headers = HEADERS | headers_for(status, Exception())
    return Refusal(status, headers, to_json(Problem.general(status).body(path="")))


def turn_away(status: int, environ: dict[str, Any], left: int) -> Refusal:
    """The answer to a request that gets no turn.

    :param left: the units that its sender may still have in flight.
    """
    found = describe(error := ERRORS[status])
    request_id, path = str(uuid4()), environ["PATH_INFO"].encode("latin-1")
    body = found.body(path.decode(errors="replace")) | {"request_id": request_id}
    log.info("request_turned_away", code=status, request_id=request_id)
    headers = HEADERS | headers_for(status, error) | {"X-Request-ID": request_id}
    if status == 429:
        headers |= {"RateLimit-Policy": POLICY, "RateLimit": REMAINING[left]}
    return Refusal(status, headers | cors_headers(environ), to_json(body))


ERRORS: dict[int, DomainError] = {
    429: IN_FLIGHT,
    503: Unavailable(
        "Too many people want this at once. Please try again in a moment."
    ),
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
