"""Where somebody is sent who may not go on yet."""

from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from phr.accounts.models import User
from phr.interfaces.idle_sessions import has_ended, is_by_itself
from phr.interfaces.way_back import is_here
from phr.portal.kept_forms import Typed, find_owner, seal, typed_in
from phr.portal.pages import portal_page
from phr.portal.sign_in_form import SignInForm

SIGN_IN_AGAIN = "portal/sign_in/sign_in_again.html"
SEND_AGAIN = "portal/send_again.html"


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to the page for signing in, and back to where they are.

    What they have sent meanwhile goes along.
    """
    if is_by_itself(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)  # nobody has asked to leave
    if request.method == "POST":
        page = sign_in_with_typed(request, HTTPStatus.UNAUTHORIZED)
        if page is not None:
            return page
    values = {"next": place_of(request)}
    if has_ended(request):
        values["note"] = "ended"
    there = f"{reverse('portal:sign_in')}?{urlencode(values)}"
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": there})  # the page, not a part
    return redirect(there)


def place_of(request: HttpRequest) -> str:
    """The page where somebody is: of a form, the one that it stands on."""
    if request.method != "POST":
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not is_here(request, came_from):
        return reverse("portal:home")
    parts = urlsplit(came_from)
    return parts._replace(scheme="", netloc="", fragment="").geturl()


def sign_in_with_typed(request: HttpRequest, status: HTTPStatus) -> HttpResponse | None:
    """The page for signing in, with what was sent; None if nobody knows whose it is."""
    owner = find_owner(request)
    sealed = seal(typed_in(request), owner) if owner else ""
    if not sealed:
        return None
    context = {"form": SignInForm(), "typed": sealed, "next": place_of(request)}
    return portal_page(request, SIGN_IN_AGAIN, context, status)


def send_again(
    request: HttpRequest, typed: Typed, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The page from which somebody sends once more what they had typed."""
    return portal_page(request, SEND_AGAIN, {"typed": typed}, status)


def form_expired(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form of ours whose secret is not, or no longer, the browser's.

    What was typed is offered to the same person once more, and to nobody else.

    :returns: None if it does not come from a page of ours, or whose it was is unknown.
    """
    here = {f"{request.scheme}://{request.get_host()}", settings.PUBLIC_URL}
    if request.headers.get("Origin") not in here:
        return None
    if not isinstance(request.user, User):
        return sign_in_with_typed(request, HTTPStatus.FORBIDDEN)
    if find_owner(request) != request.user.pk:
        return None
    return send_again(request, typed_in(request), HTTPStatus.FORBIDDEN)


def ask_for_second_factor() -> HttpResponse:
    """Send somebody to where a second factor is set up."""
    return redirect("portal:second_factor")
