"""Pages for people: the front page, the guide and the viewers of the document."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    return render(request, "api/front.html")


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """How to use the API, readable."""
    return render(request, "api/guide.html")


class Swagger(SpectacularSwaggerSplitView):
    """Swagger UI without an inline script, from local files."""

    url_name = "schema"
    schema = None


class Redoc(SpectacularRedocView):
    """ReDoc from local files."""

    url_name = "schema"
    schema = None
