"""What an API request must have before Django looks at it."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from phr.api.problems import BAD_HOST, INSECURE, problem_page

Handler = Callable[[HttpRequest], HttpResponse]


def refuse_broken_requests(get_response: Handler) -> Handler:
    """Refuse a wrong host, plain http, and a body that is too long or of no length."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return refusal(request) or get_response(request)

    return middleware


def refusal(request: HttpRequest) -> HttpResponse | None:
    try:
        request.get_host()
    except DisallowedHost:
        return problem_page(request, 400, BAD_HOST)
    if not request.path.startswith("/api/"):
        return None
    if getattr(settings, "SECURE_SSL_REDIRECT", False) and not request.is_secure():
        return problem_page(request, 403, INSECURE)
    return refuse_length(request)


def refuse_length(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return problem_page(request, 400)
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return problem_page(request, 413)
    return None
