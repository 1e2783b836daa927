"""What every request goes through, whichever face it is for."""

import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import (
    bind_extra_request_failed_metadata,
    bind_extra_request_finished_metadata,
    bind_extra_request_metadata,
)

from phr.core.postgres.cancellation import is_unwanted
from phr.core.request_origin import Origin, current_origin
from phr.core.single_line import as_one_line
from phr.interfaces import request_measures
from phr.interfaces.proxies import parse_address, put_what_is_believed

log = structlog.get_logger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

LONGEST_USER_AGENT = 200  # characters
# Where nothing personal is.
PUBLIC = (settings.STATIC_URL, "/api-docs/", "/swagger/", "/redoc/")


def trust_only_known_proxies(get_response: Handler) -> Handler:
    """Believe what forwarding headers say only behind `TRUSTED_PROXIES`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        put_what_is_believed(request.META)
        return get_response(request)

    return middleware


def note_origin(get_response: Handler) -> Handler:
    """Make known where the request comes from, for ledger and login sessions."""

    def middleware(request: HttpRequest) -> HttpResponse:
        address = parse_address(request.META.get("REMOTE_ADDR", ""))
        user_agent = as_one_line(request.META.get("HTTP_USER_AGENT", ""))
        # allauth keeps it too, as it finds it.
        request.META["HTTP_USER_AGENT"] = user_agent
        origin = Origin(
            face=face_of(request.path),
            address=str(address) if address else None,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            device=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
        )
        token = current_origin.set(origin)
        try:
            return get_response(request)
        finally:
            current_origin.reset(token)

    return middleware


def face_of(path: str) -> str:
    is_other = path.startswith(("/api/", "/admin/"))
    return path.split("/", 2)[1] if is_other else "portal"


def keep_private(get_response: Handler) -> Handler:
    """Let no cache keep what may carry personal data."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(PUBLIC):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class RequestLog(RequestMiddleware):
    """One id for each request, and its line in the log: never what somebody typed."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        method = request_measures.method_of(request)
        return f"{method} {request_measures.shown_path(request)}"

    def prepare(self, request: HttpRequest) -> None:
        request_measures.begin(request)
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response.headers["X-Request-ID"] = request_id()
        request_measures.count(request, response.status_code)
        self.write_line(request, response)
        request_measures.end(request, response)

    def write_line(self, request: HttpRequest, response: HttpResponse) -> None:
        if is_unwanted() and response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            log.warning(
                "request_given_up",
                request=self.format_request(request),
                **request_measures.measures_of(request),
            )
            structlog.contextvars.clear_contextvars()
            return
        super().handle_response(request, response)

    def process_got_request_exception(
        self, sender: type[Any], request: HttpRequest, **kwargs: Any
    ) -> None:
        """An error of what was given up is no defect, and `handle_response` has it."""
        error = sys.exc_info()[1]
        if is_unwanted() and isinstance(error, (OperationalError, InterfaceError)):
            return
        super().process_got_request_exception(sender, request, **kwargs)


def add_measures(request: HttpRequest, log_kwargs: dict[str, Any], **_: Any) -> None:
    """Put into the line of a request what it took (how django-structlog has it put)."""
    log_kwargs.update(request_measures.measures_of(request))


def leave_out_user_agent(log_kwargs: dict[str, Any], **_: Any) -> None:
    """Whatever a client says of itself is the ledger's (with LOG_LEVEL=DEBUG)."""
    log_kwargs.pop("user_agent", None)


bind_extra_request_metadata.connect(leave_out_user_agent)
bind_extra_request_finished_metadata.connect(add_measures)
bind_extra_request_failed_metadata.connect(add_measures)


def request_id() -> str:
    """The id of the present request, which its answer and its log lines carry."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
