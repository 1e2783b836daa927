"""Where somebody is sent who may not go on yet, and back from there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to the page for signing in, and back to where they are."""
    back = urlencode({"next": request.get_full_path()})
    return redirect(f"{reverse('portal:sign_in')}?{back}")


def ask_for_second_factor() -> HttpResponse:
    """Send somebody to where a second factor is set up."""
    return redirect("admin:second_factor")


def way_back(request: HttpRequest, fallback: str = "portal:home") -> str:
    """Where somebody came from, if that is a page of this server.

    :param fallback: the name of the page to go to if it is not.
    """
    back = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    )
    return back if here else reverse(fallback)
