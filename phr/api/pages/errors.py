"""What Django answers when no view does: problems to programs, a line to people."""

import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from phr.api.problems import (
    BAD_HOST,
    GENERAL,
    SECONDS_UNTIL_RETRY,
    is_passing,
    problem_page,
)


def answer(
    request: HttpRequest, status: int, named: tuple[str, str] | None = None
) -> HttpResponse:
    if "text/html" not in request.headers.get("Accept", ""):
        return problem_page(request, status, named)
    title = (named or GENERAL[status])[1]
    page = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>"
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Where https is demanded, a forged host is found out before our own middleware.
    named = BAD_HOST if isinstance(exception, DisallowedHost) else None
    return answer(request, 400, named)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect, unless the database does not answer, or worked at it for too long."""
    if not is_passing(sys.exc_info()[1]):
        return answer(request, 500)
    response = answer(request, 503)
    response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    return response
