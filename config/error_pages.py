"""Which face answers what Django refuses before any view."""

from django.http import HttpRequest, HttpResponse

from phr.api.pages import error_views
from phr.portal.detours import form_expired as offer_again

OTHERS = ("/admin/", "/api/")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without the secret that our pages put into each.

    :param reason: Django's, which speaks of its own inside.
    """
    page = None if request.path.startswith(OTHERS) else offer_again(request)
    return page or error_views.form_expired(request, reason)
