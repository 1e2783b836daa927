"""The way back to where somebody came from, which is a page of this server or none."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, fallback: str = "portal:home") -> str:
    """Where somebody came from, if that is the path of a page of this server.

    What is no path depends on the page that it is read on: `#` alone would lead back to
    the page that redirects, in a circle.

    :param fallback: the name of the page to go to if it is not.
    """
    back = request.POST.get("next") or request.GET.get("next", "")
    # Browsers overlook a line's end within an address.
    is_path = back.startswith("/") and back.isprintable()
    return back if is_path and is_here(request, back) else reverse(fallback)


def is_here(request: HttpRequest, url: str) -> bool:
    """Whether an address is one of this server."""
    return url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
