"""The line that each request leaves in the log, and the id that others carry."""

import logging
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from phr.core.postgres.cancellation import is_unwanted
from phr.interfaces import request_measures

# Under the name by which operators know these lines.
log = structlog.get_logger("django_structlog.middlewares.request")

Handler = Callable[[HttpRequest], HttpResponse]

FAILED = "phr.has_failed"  # in what a request has with it; its line is written then


def log_requests(get_response: Handler) -> Handler:
    """Give each request an id, and write its line when it has been answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begin(request)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("request_started", request=describe(request))
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id()
        end(request, response)
        return response

    return middleware


def begin(request: HttpRequest) -> None:
    """Give a request an id, and count what it asks of the database."""
    structlog.contextvars.bind_contextvars(request_id=str(uuid4()))
    request_measures.begin(request)


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Count and log a request that has been answered."""
    request_measures.count(request, response.status_code)
    write_line(request, response)
    request_measures.end(request, response)
    structlog.contextvars.clear_contextvars()


def request_id() -> str:
    """The id of the present request, which its answer and its log lines carry."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def describe(request: HttpRequest) -> str:
    """Method and address, without what somebody typed."""
    method = request_measures.method_of(request)
    return f"{method} {request_measures.shown_path(request)}"


def line_of(request: HttpRequest) -> dict[str, Any]:
    return {"request": describe(request), **request_measures.measures_of(request)}


def write_line(request: HttpRequest, response: HttpResponse) -> None:
    status = response.status_code
    line = line_of(request)
    if is_unwanted() and status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("request_given_up", **line)
    elif FAILED not in request.META:
        is_fault = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        level = logging.ERROR if is_fault else logging.INFO
        log.log(level, "request_finished", code=status, **line)
        if isinstance(response, StreamingHttpResponse):
            context = structlog.contextvars.get_contextvars()
            chunks: Any = response.streaming_content
            response.streaming_content = told_of(chunks, context)


def told_of(chunks: Iterator[bytes], context: dict[str, Any]) -> Iterator[bytes]:
    """Say when a file has left, or why it has not."""
    with structlog.contextvars.bound_contextvars(**context):
        log.debug("streaming_started")
        try:
            yield from chunks
        except Exception:
            log.exception("streaming_failed")
            raise
        log.info("streaming_finished")


def note_defect(sender: Any, request: HttpRequest, **_: Any) -> None:
    """Write the line of a request that a defect has ended, while the error is known.

    An error of what was given up is none.
    """
    error = sys.exc_info()[1]
    if is_unwanted() and isinstance(error, (OperationalError, InterfaceError)):
        return
    request.META[FAILED] = True
    log.error("request_failed", code=500, **line_of(request), exc_info=error)


got_request_exception.connect(note_defect)
