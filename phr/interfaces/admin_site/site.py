"""The admin site: Django's own, for staff, with our sign-in in front of it."""

from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import DataError, ProgrammingError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.models import User
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.core.errors import DomainError
from phr.interfaces.admin_site.confirm_page import (
    ask_to_confirm,
    show_confirm_page,
    wants_proof,
)
from phr.interfaces.admin_site.second_factors import (
    ask_for_second_factor,
    lacks_second_factor,
)
from phr.interfaces.idle_sessions import has_ended
from phr.interfaces.way_back import way_back

log = structlog.get_logger(__name__)

NOT_STAFF = "admin/not_for_you.html"
BAD_VALUE = (ValidationError, DataError, ProgrammingError, ValueError)


def note_denied_page(request: HttpRequest, error: PermissionDenied) -> None:
    """Enter that staff have tried what they may not; services enter it themselves."""
    if request.method != "POST" or isinstance(error.__cause__, DomainError):
        return
    if isinstance(request.user, User):
        audit.note_denied(request.user, Action.PAGE_REFUSED, object_kind="page")


def nothing_to_see() -> str:
    """The page for who opens an address that does something as if it were a page."""
    advice = _("This address performs an action. Go back and use the button there.")
    context = {"title": _("This page cannot be opened directly"), "advice": advice}
    return render_to_string("admin/error.html", context)


def show_in(request: HttpRequest, back: str) -> HttpResponse:
    """Send whoever is not signed in to where one does that, and `back` afterwards.

    Signing in changes nothing for others than staff: they are told so, whatever address
    they have asked for, whether there is such a page or not.
    """
    if isinstance(request.user, User):
        context = {"title": _("This page is not open to you")}
        return TemplateResponse(
            request, NOT_STAFF, context, status=HTTPStatus.FORBIDDEN
        )
    values = {"next": back} | ({"note": "ended"} if has_ended(request) else {})
    return redirect(f"{reverse('portal:sign_in')}?{urlencode(values)}")


class StaffSite(AdminSite):
    index_title = gettext_lazy("Administration")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's own arguments
        """Let staff in, and nobody else."""
        within = super().admin_view(self.saying_refusals(view), cacheable)

        @wraps(within)
        def admitted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            leaves = request.path == reverse("admin:logout")  # Django knows where to
            if not self.has_permission(request) and not leaves:
                return show_in(request, request.get_full_path())
            response: HttpResponse = within(request, *args, **kwargs)
            return response

        return admitted

    def saying_refusals(self, view: Any) -> Any:
        """Let a page say what a service has refused, instead of failing, and answer
        400 to a value that Django's own pages hand on unchecked."""

        @wraps(view)
        def said(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response = self.answer(view, request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # here, as widgets look up what was given too
                if isinstance(response, HttpResponseNotAllowed):
                    response.content = nothing_to_see()
            except PermissionDenied as error:
                note_denied_page(request, error)
                raise
            except DomainError as error:
                messages.error(request, error.detail)
                back = request.path if request.method == "POST" else "admin:index"
                return redirect(back)
            except BAD_VALUE as error:
                if not (request.GET or request.POST or kwargs):
                    raise  # nothing was given, so the mistake is our own
                # It may be our own still, so it is not only counted as a bad request.
                log.exception("admin_value_refused")
                raise BadRequest(_("A value is not valid.")) from error
            return response

        return said

    def answer(
        self, view: Any, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show a page, or lead first to where a second factor is set up, or where one
        shows again who one is."""
        if self.has_permission(request):
            leaves = request.path == reverse("admin:logout")
            if not leaves and lacks_second_factor(request):
                return ask_for_second_factor(request)
            if wants_proof(request):
                return ask_to_confirm(request)
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    def get_urls(self) -> list[Any]:
        def confirmed(request: HttpRequest) -> HttpResponse:
            return show_confirm_page(request, self.each_context(request))

        return [
            path("confirm/", self.admin_view(confirmed), name="confirm"),
            *super().get_urls(),
        ]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one page for signing in. In earlier releases it was here."""
        back = way_back(request, "admin:index")
        if self.has_permission(request):
            return redirect(back)
        return show_in(request, back)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Have the portal sign out: what was sent here is sent there instead."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return redirect("portal:sign_out", preserve_request=True)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Lead to the one page for it: some pages of Django's own link here."""
        return redirect("portal:password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("portal:account")
