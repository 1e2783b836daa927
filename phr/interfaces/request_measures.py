"""What a request took: for its line in the log, and for Prometheus."""

import re
from http import HTTPStatus
from time import perf_counter
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from phr.core.metrics import (
    ERRORS,
    REQUEST_SECONDS,
    REQUESTS,
    STATEMENT_SECONDS,
    STATEMENTS,
)
from phr.core.postgres.statement_tally import Finished, Tally, present, tell, watchers

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "other"
UNKNOWN_ROUTE = "unknown"  # nothing is there, or it was refused before that was known
STATIC = "static/"
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def match_of(request: HttpRequest) -> ResolverMatch | None:
    """What a request is for, also if it was answered before Django looked for that."""
    if request.resolver_match is not None:
        return request.resolver_match
    known = vars(request)
    if "early_match" not in known:  # asked several times, and not cheap
        known["early_match"] = match_of_path(request.path_info)
    return cast(ResolverMatch | None, known["early_match"])


def match_of_path(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def route_of(request: HttpRequest) -> str:
    """The pattern of a request's address, never the address: of these there are few."""
    match = match_of(request)
    if match is None:
        return STATIC if request.path.startswith(f"/{STATIC}") else UNKNOWN_ROUTE
    return match.route or "/"


def shown_path(request: HttpRequest) -> str:
    """The path if it has nothing but ids beside our own words, else the route.

    Whatever people type may stand in the path of a page that does not exist.
    """
    match, route = match_of(request), route_of(request)
    values = match.kwargs if match is not None else {}
    if not all(isinstance(value, (UUID, int)) for value in values.values()):
        return f"/{route.lstrip('/')}"
    filled = PLACE.sub(lambda place: str(values.get(place[1], "")), route)
    path = f"/{filled.lstrip('/')}"
    return path if path == request.path else f"/{route.lstrip('/')}"


def method_of(request: HttpRequest) -> str:
    method = str(request.method)
    return method if method in METHODS else OTHER_METHOD


def user_id_of(request: HttpRequest) -> str | None:
    """Who is signed in, if the request has found that out; nobody is asked for it."""
    # Of a browser's session Django keeps it here, once it has been looked up.
    user = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    user_id = user.__dict__.get("id") if hasattr(user, "__dict__") else None
    return str(user_id) if isinstance(user_id, UUID) else None


def begin(request: HttpRequest) -> None:
    """Count from now on what the request asks of the database."""
    present.set(Tally(lambda: route_of(request)))


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Tell who watches; whatever this thread does next is not for that request."""
    tally = present.get()
    present.set(None)
    if tally is None or not watchers:
        return
    route, method = route_of(request), method_of(request)
    status = response.status_code
    attributes = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "phr.request_id": response.headers["X-Request-ID"],
    }
    has_failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    tell(Finished("request", f"{method} {route}", attributes, has_failed, tally))


def measures_of(request: HttpRequest) -> dict[str, Any]:
    """What the line of a request says, beside its status."""
    tally = present.get()
    found: dict[str, Any] = {"route": route_of(request)}
    if tally is not None:
        found["ms"] = round((perf_counter() - tally.began) * 1000, 1)
        found["queries"] = tally.statements
    found["user_id"] = user_id_of(request)
    return found


def count(request: HttpRequest, status: int) -> None:
    """Have Prometheus hear of a request that has been answered."""
    tally = present.get()
    if tally is None:
        return
    route, method = route_of(request), method_of(request)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        method = OTHER_METHOD  # the route has none of those that are tried
    REQUESTS.labels(route, method, status).inc()
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        ERRORS.inc()
    REQUEST_SECONDS.labels(route).observe(perf_counter() - tally.began)
    if tally.statements:
        STATEMENTS.labels(route).inc(tally.statements)
        STATEMENT_SECONDS.labels(route).inc(tally.seconds)
