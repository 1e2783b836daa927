"""What every request goes through, whichever face it is for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from phr.core.request_origin import Origin, current_origin
from phr.core.single_line import as_one_line
from phr.interfaces.proxies import parse_address, put_what_is_believed

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
        token = current_origin.set(origin_of(request))
        try:
            return get_response(request)
        finally:
            current_origin.reset(token)

    return middleware


def origin_of(request: HttpRequest) -> Origin:
    address = parse_address(request.META.get("REMOTE_ADDR", ""))
    user_agent = as_one_line(request.META.get("HTTP_USER_AGENT", ""))
    # allauth keeps it too, as it finds it.
    request.META["HTTP_USER_AGENT"] = user_agent
    return Origin(
        face=face_of(request.path),
        address=str(address) if address else None,
        user_agent=user_agent[:LONGEST_USER_AGENT],
        device=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
    )


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
