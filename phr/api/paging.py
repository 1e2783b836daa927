"""Keyset pages: the next page starts after a row, not after a number of rows."""

from collections.abc import Callable
from typing import Any

from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.views import APIView

from phr.api.json import Response
from phr.core.keyset_pagination import Cursor, Page
from phr.core.public_url import public_url
from phr.interfaces.cursors import UnknownCursor, decode, encode

# A service that lists something, but for the place in the list and how many it shows.
Fetch = Callable[[Cursor | None, int], Page[Any]]

DEFAULT_SIZE, LARGEST_SIZE = 20, 100


def read_cursor(text: str) -> Cursor:
    """:raises ValidationError: it is not a cursor that we have given out."""
    try:
        return decode(text)
    except UnknownCursor as error:
        raise invalid("cursor", _("This cursor is not valid.")) from error


def place_in_list(request: Request) -> tuple[Cursor | None, int]:
    """Where the page begins that is asked for, and how many rows it has at the most.

    :raises ValidationError: a parameter is not valid.
    """
    size, text = read_size(request), request.query_params.get("cursor")
    return None if text is None else read_cursor(text), size


class KeysetPagination(BasePagination):
    """Newest first by one time column, with the id as tie-breaker.

    A row that stands still while others come and go is never skipped nor shown twice.
    """

    time_field = "created_at"

    def paginate(self, fetch: Fetch, request: Request) -> list[Any]:
        """Read the page that the query parameters name.

        :param fetch: takes the cursor, None for the newest, and the size of the page.
        """
        self.request = request
        self.cursor, size = place_in_list(request)
        self.page = fetch(self.cursor, size)
        return self.page.rows

    def get_paginated_response(self, data: Any, **more: Any) -> Response:  # type: ignore[override] # ours is no template
        """
        :param more: what stands before the links.
        """
        return Response(
            {
                **more,
                "next": self.link(forwards=True),
                "previous": self.link(forwards=False),
                "results": data,
            }
        )

    def link(self, *, forwards: bool) -> str | None:
        """The address of the next or previous page, or None."""
        reads_this_way = forwards == (self.cursor is None or self.cursor.forwards)
        if reads_this_way and not self.page.has_more:
            return None
        if not reads_this_way and self.cursor is None:
            return None
        return address_with(self.request, encode(self.edge(forwards=forwards)))

    def edge(self, *, forwards: bool) -> Cursor:
        if self.page.rows:
            row = self.page.rows[-1 if forwards else 0]
            return Cursor(forwards, getattr(row, self.time_field), row.id)
        # Every row of this page is gone meanwhile: go back from where it was.
        assert self.cursor is not None
        return Cursor(forwards, self.cursor.time, self.cursor.id)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return PARAMETERS


class VisitPagination(KeysetPagination):
    time_field = "visit_date"


class RequestPagination(KeysetPagination):
    time_field = "requested_at"


def address_with(request: Request, cursor: str) -> str:
    """The address that was asked for, with another cursor."""
    others = request.META["QUERY_STRING"].split("&")
    kept = [one for one in others if one and not one.startswith("cursor=")]
    query = "&".join([*kept, f"cursor={cursor}"])
    return public_url(iri_to_uri(f"{request.path}?{query}"))


def read_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(DEFAULT_SIZE))
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise invalid("page_size", _("Enter a whole number."))
    if not 1 <= int(text) <= LARGEST_SIZE:
        raise invalid(
            "page_size",
            _("Enter a number from 1 to %(largest_size)s.")
            % {"largest_size": LARGEST_SIZE},
        )
    return int(text)


def invalid(name: str, message: str) -> exceptions.ValidationError:
    return exceptions.ValidationError(
        {name: exceptions.ErrorDetail(message, "invalid")}
    )


def query_parameter(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": text,
        "schema": schema,
    }


PARAMETERS = [
    query_parameter(
        "page_size",
        "The maximum number of results.",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_SIZE,
            "default": DEFAULT_SIZE,
        },
    ),
    query_parameter(
        "cursor", "From `next` or `previous` of a page.", {"type": "string"}
    ),
]
