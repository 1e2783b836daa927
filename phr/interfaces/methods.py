"""The methods that an address allows."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

Handler = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., HttpResponse])


def tell_methods(get_response: Handler) -> Handler:
    """Answer OPTIONS for every view that names its methods (RFC 9110, section 9.3.7).

    Views refuse it like any other that they do not have, before they ask who it is, and
    so it says no more than a 405 does to anybody.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS" and request.path_info == "*":
            return no_content()  # of the server as a whole: it is there
        response = get_response(request)
        methods = response.headers.get("Allow")
        if methods is None:
            return response
        is_refused = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if request.method == "OPTIONS" and is_refused:
            response = no_content()
        response.headers["Allow"] = with_options(methods)
        return response

    return middleware


def reading_only(view: View) -> View:
    """Let a page be read only: another method is a 405, and no 403 about CSRF."""
    return csrf_exempt(require_safe(view))


def no_content() -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def with_options(methods: str) -> str:
    return ", ".join(dict.fromkeys([*methods.split(", "), "OPTIONS"]))
