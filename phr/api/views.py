"""What all views of the API have in common: nothing undocumented is taken."""

from typing import Any

from django.urls import resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from phr.accounts.models import User
from phr.accounts.presence import SessionPresence
from phr.accounts.reauthentication import insist_on_proof
from phr.api.json import Response
from phr.api.paging import Fetch, KeysetPagination
from phr.core.errors import NotFound
from phr.identity.second_factor_rules import insist_on_second_factor

# In the environ: with which error of the database a request has been tried before.
FAILED_BEFORE = "phr.failed_before"


class ApiView(GenericAPIView[Any]):
    """A view that refuses methods and query parameters which nobody has documented."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    # Whether staff and doctors who have yet to set up a second factor get here.
    open_without_second_factor = False
    # Methods that want a password or a code given within the last minutes.
    methods_that_need_proof: frozenset[str] = frozenset()
    format_kwarg = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As DRF's, without what is not here: other formats, versions, throttles.

        :raises Error: the database has failed this request before; nothing waits twice.
        """
        if error := request.META.get(FAILED_BEFORE):
            raise error
        if request.method not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        self.perform_authentication(request)
        self.check_permissions(request)
        self.check_parameters(request)

    def check_parameters(self, request: Request) -> None:
        """:raises ValidationError: names every unknown and repeated one."""
        known = self.known_parameters(request)
        faults = {
            name: fault
            for name, values in sorted(request.query_params.lists())
            if (fault := fault_of(values, is_known=name in known))
        }
        if faults:
            raise exceptions.ValidationError(faults)

    def check_permissions(self, request: Request) -> None:
        """Ask for role, second factor and recent proof, in this order."""
        super().check_permissions(request)
        if not isinstance(request.auth, SessionPresence):
            return
        if not self.open_without_second_factor:
            insist_on_second_factor(request.auth)
        if self.needs_proof(request):
            insist_on_proof(request.auth, at=timezone.now())

    def needs_proof(self, request: Request) -> bool:
        """Whether this act outlives the token that asks for it (ADR 42)."""
        return request.method in self.methods_that_need_proof

    def known_parameters(self, request: Request) -> set[str]:
        if request.method not in SAFE_METHODS or self.pagination_class is None:
            return set()
        filterset = getattr(self, "filterset_class", None)
        return {"cursor", "page_size", *(filterset.base_filters if filterset else ())}

    def valid(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The body, checked.

        :raises ValidationError: names every field at fault.
        """
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def get_paginated_response(self, data: Any, **more: Any) -> Response:  # type: ignore[override] # ours is no template
        assert isinstance(self.paginator, KeysetPagination)
        return self.paginator.get_paginated_response(data, **more)

    def read_page(self, fetch: Fetch) -> list[Any]:
        """The page that the query parameters ask for."""
        assert isinstance(self.paginator, KeysetPagination)
        return self.paginator.paginate(fetch, self.request)


class PublicView(ApiView):
    """A view for everybody; whom a token belongs to is not looked at."""

    authentication_classes = ()
    permission_classes = ()


def fault_of(values: list[str], *, is_known: bool) -> exceptions.ErrorDetail | None:
    """What is wrong with a query parameter, before its value is looked at."""
    if not is_known:
        return exceptions.ErrorDetail(_("Unknown parameter."), "unknown_field")
    if len(values) > 1:
        return exceptions.ErrorDetail(_("Use this parameter only once."), "repeated")
    return None


class UnknownPath(GenericAPIView[Any]):
    """Whatever under /api/ is nothing: a 404 to everybody, signed in or not."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}  # without Allow: what is not there has no methods

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(hint_at_slash(request.path_info))


def hint_at_slash(path: str) -> str:
    """Name the address that was meant where only its last slash is missing."""
    meant = f"{path}/"
    is_one = getattr(resolve(meant).func, "view_class", None) is not UnknownPath
    return (
        _("Addresses end with a slash: %(meant)s") % {"meant": meant} if is_one else ""
    )


def session_of(request: Request) -> SessionPresence:
    """The login session of a request whose view lets nobody else in."""
    assert isinstance(request.auth, SessionPresence)
    return request.auth


def signed_in(request: Request) -> User:
    """The user behind a request whose view lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
