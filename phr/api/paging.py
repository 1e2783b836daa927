"""Keyset pages: the next page starts after a row, not after a number of rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

DEFAULT_SIZE, LARGEST_SIZE = 20, 100
signer = signing.Signer(salt="phr.api.paging")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, and which way to read from there."""

    forwards: bool
    time: datetime
    id: UUID

    def encode(self) -> str:
        """Sign it, so that only places that we have named come back."""
        parts = [self.forwards, self.time.isoformat(), str(self.id)]
        return signer.sign_object(parts)

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """:raises ValidationError: it is not one that we have given out."""
        try:
            forwards, time, row_id = signer.unsign_object(text)
        except (signing.BadSignature, ValueError) as error:
            raise invalid("cursor", "This is not a cursor of this server.") from error
        return cls(forwards, datetime.fromisoformat(time), UUID(row_id))


class KeysetPagination(BasePagination):
    """Newest first by one time column, with the id as tie-breaker.

    A row that stands still while others come and go is never skipped nor shown twice.
    """

    time_field = "created_at"

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        size = read_size(request)
        text = request.query_params.get("cursor")
        self.cursor = None if text is None else Cursor.decode(text)
        forwards = self.cursor is None or self.cursor.forwards
        rows = list(self.read(queryset, forwards)[: size + 1])
        self.has_more = len(rows) > size
        self.rows = rows[:size] if forwards else rows[:size][::-1]
        return self.rows

    def read(self, queryset: QuerySet[Any], forwards: bool) -> QuerySet[Any]:
        field, sign = self.time_field, "-" if forwards else ""
        if self.cursor is not None:
            queryset = queryset.filter(beyond(field, self.cursor))
        return queryset.order_by(f"{sign}{field}", f"{sign}id")

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self.link(forwards=True),
                "previous": self.link(forwards=False),
                "results": data,
            }
        )

    def link(self, *, forwards: bool) -> str | None:
        """The address of a neighbouring page, or None where there is none."""
        reads_this_way = forwards == (self.cursor is None or self.cursor.forwards)
        if reads_this_way and not self.has_more:
            return None
        if not reads_this_way and self.cursor is None:
            return None
        cursor = self.edge(forwards)
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "cursor", cursor.encode())

    def edge(self, forwards: bool) -> Cursor:
        if self.rows:
            row = self.rows[-1 if forwards else 0]
            return Cursor(forwards, getattr(row, self.time_field), row.id)
        # Every row of this page is gone meanwhile: go back from where it was.
        assert self.cursor is not None
        return Cursor(forwards, self.cursor.time, self.cursor.id)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_SIZE,
            "default": DEFAULT_SIZE,
        }
        return [
            query_parameter("page_size", "How many at the most.", size),
            query_parameter(
                "cursor", "From `next` or `previous` of a page.", {"type": "string"}
            ),
        ]


class VisitPagination(KeysetPagination):
    time_field = "visit_date"


def beyond(field: str, cursor: Cursor) -> Q:
    """The rows on the far side of a cursor, in words that an index can follow."""
    way = "lt" if cursor.forwards else "gt"
    return Q(**{f"{field}__{way}e": cursor.time}) & (
        Q(**{f"{field}__{way}": cursor.time}) | Q(**{f"id__{way}": cursor.id})
    )


def read_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(DEFAULT_SIZE))
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise invalid("page_size", "Give a whole number.")
    if not 1 <= int(text) <= LARGEST_SIZE:
        raise invalid("page_size", f"Give a number from 1 to {LARGEST_SIZE}.")
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
