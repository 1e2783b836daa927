"""What Django answers when no view does: problems to programs, pages to people."""

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from phr.api.pages.views import links_to_pages
from phr.api.problem_kinds import BAD_HOST, GENERAL, Kind
from phr.api.problems import SECONDS_UNTIL_RETRY, is_passing, problem_page
from phr.core.errors import DomainError
from phr.interfaces.request_log import request_id

OF_THE_API = "api/error.html"  # in English, as its guide is
# Which page says it, by the begin of the address.
PAGES = {
    "/admin/": "admin/error.html",
    "/api": OF_THE_API,
    "/": "portal/error.html",
}
# What somebody can do about it who has only the page before them.
ADVICE = {
    400: _("We could not process what you sent. Go back and check it."),
    403: _("You do not have permission to do this."),
    404: _("There is no page at this address, or you may not see it."),
    500: _("This is our fault, and it has been logged. Please try again later."),
    503: _("Part of this server is not responding. Please try again in a moment."),
}
ASK = _("If you need access, ask the administrators of this server.")
FORM_EXPIRED = _("This form has expired")
LOAD_AGAIN = _(
    "The form was open for too long, you signed in or out in the meantime, or your "
    "browser blocks cookies. Reload the page and fill in the form again."
)


def answer(
    request: HttpRequest,
    status: int,
    kind: Kind | None = None,
    advice: str | Promise = "",
) -> HttpResponse:
    """A problem, or a page in a person's words with a way back.

    The page uses no session and no database, because these may be what has failed.
    """
    if "text/html" not in request.headers.get("Accept", ""):
        return problem_page(request, status, kind)
    template = template_for(request.path)
    context: dict[str, Any] = {
        "title": (kind or GENERAL[status]).title,
        "advice": advice or ADVICE[status],
        "request_id": request_id(),
        "pages": links_to_pages(),
        "installation": settings.INSTALLATION_NAME,
    }
    language = "en" if template == OF_THE_API else get_language()
    try:
        with override(language):
            page = str(render_to_string(template, context))
    except ValueError:  # the pages' files were not collected, or are of another version
        title = context["title"]
        page = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>"
    headers = {"Content-Language": language} if language else None
    return HttpResponse(page, status=status, headers=headers)


def template_for(path: str) -> str:
    found = (page for begin, page in PAGES.items() if path.startswith(begin))
    return next(found, PAGES["/"])


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Where https is demanded, a forged host is found out before our own middleware.
    kind = BAD_HOST if isinstance(exception, DisallowedHost) else None
    return answer(request, 400, kind)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why, where a service of ours has said it."""
    refusal = exception.__cause__
    why = refusal.detail if isinstance(refusal, DomainError) else ""
    said = f"{str(why or ADVICE[403]).rstrip('.')}. {ASK}"
    return answer(request, 403, advice=said)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without the secret that our pages put into each.

    :param reason: Django's, which speaks of its own inside.
    """
    return answer(request, 403, Kind("form_expired", FORM_EXPIRED), LOAD_AGAIN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect, unless the database does not answer, or worked at it for too long."""
    if not is_passing(sys.exc_info()[1]):
        return answer(request, 500)
    response = answer(request, 503)
    response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    return response
