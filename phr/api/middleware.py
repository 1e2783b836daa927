"""What every request to the API goes through: one short list, which pages do not share.

Pages need sessions, forms and files, each from a middleware of Django's. The API is
asked with tokens: what is in `LAYERS` is all that stands between the server and a view.
"""

from collections.abc import Callable
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve
from django.utils.cache import patch_vary_headers

from phr.api.problem_kinds import BAD_HOST, INSECURE
from phr.api.problems import problem_page
from phr.interfaces.content_policy import add_content_policy, is_page
from phr.interfaces.languages import speak_the_readers_language
from phr.interfaces.methods import tell_methods
from phr.interfaces.middleware import (
    keep_private,
    note_origin,
    trust_only_known_proxies,
)
from phr.interfaces.own_writes import note_own_writes
from phr.interfaces.request_log import log_requests

Handler = Callable[[HttpRequest], HttpResponse]

MOST_DIGITS = 18  # of a length; Python refuses to read endless ones


def answer_api(get_response: Handler) -> Handler:
    """Answer what is under /api/, and hand everything else on."""
    answer: Handler = answer_by_view
    for layer in reversed(LAYERS):
        answer = layer(answer)

    def middleware(request: HttpRequest) -> HttpResponse:
        is_for_api = request.path.startswith("/api/")
        return answer(request) if is_for_api else get_response(request)

    return middleware


@convert_exception_to_response
def ask_view(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match = resolve(request.path_info)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def answer_by_view(request: HttpRequest) -> HttpResponse:
    response: Any = ask_view(request)
    if not response.streaming:
        response.headers["Content-Length"] = str(len(response.content))
    return response  # type: ignore[no-any-return] # Django's types allow for async


def put_headers(get_response: Handler) -> Handler:
    """Put on what pages get from one middleware each; for the API it is always alike.

    So Django is asked once, with an empty answer; and again for pages about an error.
    """
    always = HeadersOfAll()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_page(response):
            return with_headers_of_pages(request, response)
        for name, value in always.of(request).items():
            response.headers.setdefault(name, value)
        return response

    return middleware


class HeadersOfAll:
    """What each answer has that is no page, by whether it was asked for by https."""

    def __init__(self) -> None:
        self.known: dict[bool, dict[str, str]] = {}

    def of(self, request: HttpRequest) -> dict[str, str]:
        is_secure = request.is_secure()
        if is_secure not in self.known:
            empty = HttpResponse()
            del empty.headers["Content-Type"]
            self.known[is_secure] = dict(with_headers_of_pages(request, empty).headers)
        return self.known[is_secure]


def with_headers_of_pages(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    secured: Any = XFrameOptionsMiddleware(SecurityMiddleware(lambda _: response))
    return keep_private(add_content_policy(secured))(request)


def allow_origins(get_response: Handler) -> Handler:
    """Let pages from CORS_ALLOWED_ORIGINS ask, too; others are not looked at for it."""
    answer_page: Any = CorsMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS" or "HTTP_ORIGIN" in request.META:
            return answer_page(request)  # type: ignore[no-any-return] # as above
        response = get_response(request)
        patch_vary_headers(response, ["origin"])
        return response

    return middleware


def refuse_broken_requests(get_response: Handler) -> Handler:
    """Refuse a wrong host, plain http, and a body that is too long or of no length."""

    return lambda request: refuse_broken(request) or get_response(request)


def refuse_broken(request: HttpRequest) -> HttpResponse | None:
    return refuse_host(request) or refuse_http(request) or refuse_length(request)


def refuse_wrong_hosts(get_response: Handler) -> Handler:
    """Refuse a wrong host, for pages."""
    return lambda request: refuse_host(request) or get_response(request)


def refuse_host(request: HttpRequest) -> HttpResponse | None:
    try:
        request.get_host()
    except DisallowedHost:
        return problem_page(request, 400, BAD_HOST)
    return None


def refuse_http(request: HttpRequest) -> HttpResponse | None:
    is_demanded = getattr(settings, "SECURE_SSL_REDIRECT", False)
    if is_demanded and not request.is_secure():
        return problem_page(request, 403, INSECURE)
    return None


def refuse_length(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length:
        # Not one byte of such a body would be read: say so instead.
        unknown = "HTTP_TRANSFER_ENCODING" in request.META
        return problem_page(request, 411) if unknown else None
    if not (length.isascii() and length.isdecimal()):
        return problem_page(request, 400)
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if len(length) > MOST_DIGITS or int(length) > largest:
        return problem_page(request, 413)
    return None


# From the outside in.
LAYERS: tuple[Callable[[Handler], Handler], ...] = (
    trust_only_known_proxies,
    log_requests,
    note_origin,
    speak_the_readers_language,
    put_headers,
    tell_methods,
    allow_origins,
    refuse_broken_requests,
    note_own_writes,
)
