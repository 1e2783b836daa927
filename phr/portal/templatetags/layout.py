"""What stands round each page, for pages that are not the portal's own."""

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest

from phr.accounts.models import User
from phr.portal.layout import idle_seconds, layout_of

register = template.Library()


@register.inclusion_tag("portal/partials/header.html", takes_context=True)
def portal_header(context: template.Context) -> dict[str, Any]:
    """The header of the portal's pages. That of a page about an error, which is made
    without a request, leads home and names nobody."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return {"installation": settings.INSTALLATION_NAME}
    return layout_of(request) | {"request": request}


@register.inclusion_tag("portal/partials/idle_elsewhere.html", takes_context=True)
def portal_idle(context: template.Context) -> dict[str, Any]:
    """The question whether somebody is still there, before their session ends."""
    user = getattr(context.get("request"), "user", None)
    person = user if isinstance(user, User) else None
    return {"person": person, "idle_seconds": idle_seconds()}


@register.simple_tag
def installation_name() -> str:
    """What the installation is called."""
    return str(settings.INSTALLATION_NAME)
