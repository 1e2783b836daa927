"""What all views of the portal have in common: who may open them, and refusals."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.views import View

from phr.accounts.models import User, UserType
from phr.accounts.reauthentication import StepUpRequired
from phr.core.errors import DomainError, NotFound
from phr.identity.second_factor_rules import needs_second_factor
from phr.interfaces.browser_session import SECOND_FACTOR, has_proof
from phr.portal.detours import ask_for_second_factor, ask_to_sign_in
from phr.portal.forms import PortalForm
from phr.portal.pages import portal_page, refusal_page
from phr.portal.step_up import pass_step_up

EVERYBODY = frozenset(UserType)
PATIENTS = frozenset({UserType.PATIENT})
DOCTORS = frozenset({UserType.DOCTOR})
STAFF = frozenset({UserType.ADMIN})


# Made once: a decorator would make one for each request. The cookie of the token the
# same middleware has seen to before, which leaves the check to `dispatch`.
TOKEN_CHECK = CsrfViewMiddleware(lambda _request: HttpResponse())


class PortalView(View):
    """A page for people who are signed in.

    A page of another role is a 404, as is everything that somebody may not see. A
    method that there is not is a 405 to everybody, before anything else is looked at.
    """

    http_method_names = ["get", "head", "post"]
    template: ClassVar[str] = ""
    roles: ClassVar[frozenset[UserType]] = EVERYBODY
    # Whether staff and doctors who have yet to set up a second factor get here.
    open_without_second_factor: ClassVar[bool] = False
    # Whether what is sent here wants a password or a code of the last minutes.
    needs_proof: ClassVar[bool] = False

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        method = str(request.method).lower()
        if method not in self.http_method_names or not hasattr(self, method):
            return self.http_method_not_allowed(request)
        refused = TOKEN_CHECK.process_view(request, self.admit, args, kwargs)
        return refused or self.admit(request, *args, **kwargs)

    # As `csrf_exempt` says it to the middleware, once and not for each request.
    dispatch.csrf_exempt = True  # type: ignore[attr-defined] # of the function

    def admit(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer who may be here; what a service refuses becomes a page."""
        if (detour := self.find_detour(request)) is not None:
            return detour
        try:
            return self.answer(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            return refusal_page(request, error)

    def answer(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer; if a service finds that it wants a proof, ask for it on the way."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except StepUpRequired:
            if request.method != "POST":
                raise
        asked = pass_step_up(request, signed_in(request))
        return asked or super().dispatch(request, *args, **kwargs)

    def find_detour(self, request: HttpRequest) -> HttpResponse | None:
        """Where somebody has to go first: signing in, a second factor, a proof.

        :raises Http404: the page is for people of another role.
        """
        user = request.user
        if not isinstance(user, User):
            return ask_to_sign_in(request)
        if user.user_type not in self.roles:
            raise Http404
        is_weak = needs_second_factor(user) and not request.session.get(SECOND_FACTOR)
        if is_weak and not self.open_without_second_factor:
            return ask_for_second_factor()
        if request.method != "POST" or not self.wants_proof(request):
            return None
        if has_proof(request.session, at=timezone.now()):
            return None
        return pass_step_up(request, user)

    def wants_proof(self, _request: HttpRequest) -> bool:
        """Whether what is being sent wants a password or a code of the last minutes."""
        return self.needs_proof

    def page(self, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """The page of this view, with what stands round each page."""
        return portal_page(self.request, self.template, context, status)

    def form_page(self, form: PortalForm, **context: Any) -> HttpResponse:
        """The page with a form, and what is wrong with what was typed, if anything."""
        return self.page(status=form.status, form=form, **context)


class OpenPage(PortalView):
    """A page for everybody, signed in or not."""

    def find_detour(self, request: HttpRequest) -> None:
        return None


def signed_in(request: HttpRequest) -> User:
    """The user behind a request whose view lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
