"""Rendering a page of the portal, and the page of a refusal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from phr.core.errors import DomainError
from phr.interfaces.errors import status_of
from phr.portal.layout import layout_of


def portal_page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page with what stands round each page."""
    return render(request, template, layout_of(request) | context, status=status)


def refusal_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """What a service has refused, where the page has no form to say it beside."""
    context = {"refusal": error.detail, "advice": error.advice}
    status = status_of(error)
    response = portal_page(request, "portal/refused.html", context, status)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
