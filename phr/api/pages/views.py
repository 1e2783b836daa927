"""Pages about the API: the front page, the guide, the viewers of the document."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from phr.api.pages.guide import guide_context
from phr.interfaces.content_policy import SELF, csp_override
from phr.interfaces.methods import reading_only

View = Callable[..., HttpResponseBase]

PAGES = (
    ("/api/", "Health Record API", ""),
    ("/", "Portal", "For patients, doctors and staff."),
    ("/api-docs/", "Guide", "How to use the API: tokens, lists, every error code."),
    ("/swagger/", "Swagger UI", "Try out every operation."),
    ("/redoc/", "ReDoc", "Read about every operation."),
    ("/api/schema/", "OpenAPI document", "The same for programs, in YAML or JSON."),
    ("/admin/", "Administration", "For staff."),
    (
        "/health/ready/",
        "Health",
        "Shows whether the server is ready to answer requests.",
    ),
)

SWAGGER_CSP = {**settings.SECURE_CSP, "img-src": [SELF, "data:"]}
# ReDoc styles itself, and searches in a worker that it makes. The logo of its maker,
# which it asks another host for, it does not get.
REDOC_CSP = {
    **SWAGGER_CSP,
    "style-src": [SELF, "'unsafe-inline'"],
    "worker-src": ["blob:"],
}


def links_to_pages() -> list[dict[str, str]]:
    """What stands at the top of each page, and on the first in full."""
    return [{"href": href, "name": name, "about": about} for href, name, about in PAGES]


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    pages = links_to_pages()
    return render(request, template, {"pages": pages, "doors": pages[1:], **context})


def in_english(view: View) -> View:
    """Have a page say that it is in English, whatever its reader has asked for."""

    @wraps(view)
    def said(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = "en"
        return response

    return said


@in_english
@reading_only
def front(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    return page(request, "api/front.html")


@in_english
@reading_only
def guide(request: HttpRequest) -> HttpResponse:
    """How to use the API, readable."""
    return page(request, "api/guide.html", **guide_context())


@method_decorator(in_english, name="dispatch")
@method_decorator(csp_override(SWAGGER_CSP), name="dispatch")
class Swagger(SpectacularSwaggerSplitView):
    """Swagger UI without an inline script, from local files."""

    url_name = "schema"
    schema = None
    template_name = "api/swagger.html"


@method_decorator(in_english, name="dispatch")
@method_decorator(csp_override(REDOC_CSP), name="dispatch")
class Redoc(SpectacularRedocView):
    """ReDoc from local files."""

    url_name = "schema"
    schema = None
    template_name = "api/redoc.html"
