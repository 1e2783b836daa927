"""What a browser may make of an answer (Content Security Policy, level 3).

Settings and decorator have the names of Django 6, whose own take their place when the
oldest Django that this server runs on has them. No page has a script or a style in it,
so no nonces are needed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[..., HttpResponse]
Policy = Mapping[str, Sequence[str] | bool]

HEADER = "Content-Security-Policy"
SELF, NONE = "'self'", "'none'"
# Of what is no page. Opened as if it were one, it is alone and does nothing.
NO_PAGE: Policy = {
    "default-src": [NONE],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
    "sandbox": True,
}


def build_policy(policy: Policy) -> str:
    """The value of the header: directives with their sources, or alone if True."""
    return "; ".join(
        name if sources is True else f"{name} {' '.join(sources)}"
        for name, sources in policy.items()
        if not isinstance(sources, bool) or sources
    )


def add_content_policy(get_response: Handler) -> Handler:
    """Say with each answer what it may load; views that need more have said so.

    The answer to a forged host, too: Django's own middleware gives it no headers.
    """
    of_pages, of_the_rest = build_policy(settings.SECURE_CSP), build_policy(NO_PAGE)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if is_page(response):
            if not is_djangos_own(response):
                response.headers.setdefault(HEADER, of_pages)
        else:
            response.headers.setdefault(HEADER, of_the_rest)
        return response

    return middleware


def is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def is_djangos_own(response: HttpResponse) -> bool:
    """Whether it may be a page about an error, for developers, with inline styles."""
    return bool(settings.DEBUG) and response.status_code in (404, 500)


def csp_override(policy: Policy) -> Callable[[Any], Any]:
    """Give the answers of a view another policy than the rest."""
    value = build_policy(policy)

    def decorate(view: Any) -> Any:
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = view(*args, **kwargs)
            response.headers[HEADER] = value
            return response

        return answered

    return decorate
