"""What all views of the API have in common: nothing undocumented is taken."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from phr.accounts.models import User
from phr.core.errors import NotFound


class ApiView(GenericAPIView[Any]):
    """A view that refuses query parameters which nobody has documented."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = request.query_params.keys() - self.known_parameters(request)
        if unknown:
            raise exceptions.ValidationError(
                {
                    name: exceptions.ErrorDetail("Unknown parameter.", "unknown_field")
                    for name in sorted(unknown)
                }
            )

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

    def page_of(self, rows: QuerySet[Any]) -> list[Any]:
        """One page of the rows that the query parameters ask for."""
        return self.paginate_queryset(self.filter_queryset(rows)) or []


class UnknownPath(GenericAPIView[Any]):
    """Whatever under /api/ is nothing: a 404 to everybody, signed in or not."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def signed_in(request: Request) -> User:
    """The user behind a request whose view lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
