"""What an API request must have before Django looks at it."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from phr.api.problem_kinds import BAD_HOST, INSECURE
from phr.api.problems import problem_page

Handler = Callable[[HttpRequest], HttpResponse]

MOST_DIGITS = 18  # of a length; Python refuses to read endless ones


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
