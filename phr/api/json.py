"""JSON in and out: strict in what is taken, fast in what is given."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any, NoReturn

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

JsonObject = dict[str, Any]
OPTIONS = orjson.OPT_UTC_Z


def to_json(data: Any) -> bytes:
    """Render an answer: UUIDs as text, times as ISO 8601 in UTC with Z."""
    try:
        return orjson.dumps(data, option=OPTIONS)
    except orjson.JSONEncodeError:
        # An error that quotes a name with half a surrogate pair, which UTF-8 lacks.
        return json.dumps(data, default=str).encode()


class Response(HttpResponse):
    """What a view answers: JSON, or nothing at all.

    :param data: what `to_json` takes; None for an answer without a body.
    """

    def __init__(
        self,
        data: Any = None,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        body = b"" if data is None else to_json(data)
        super().__init__(body, content_type, status, headers=headers)
        if not body:
            del self.headers["Content-Type"]


class JSONRenderer(BaseRenderer):
    """Names the media type for the OpenAPI document; views render by themselves."""

    media_type = "application/json"
    format = "json"


class StrictJSONParser(BaseParser):
    """Take one JSON document of at most 1 MiB, and nothing that JSON does not have."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """:raises ParseError: not JSON, not UTF-8, or nested beyond reason."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            return json.loads(
                body.decode(),
                object_pairs_hook=refuse_repetition,
                parse_constant=refuse_constant,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error


def refuse_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice is read as one value here, and as the other elsewhere.

    :raises ValueError: there is one (RFC 8259, section 4).
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("A name is used twice in an object.")
    return members


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class AlwaysJSON(BaseContentNegotiation):
    """Answer in JSON whatever the Accept header says (RFC 9110, section 12.4.1)."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        wanted = request.content_type.partition(";")[0].strip().lower()
        return next((p for p in parsers if p.media_type == wanted), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        """Asked by the pages of drf-spectacular, whose answers are templates."""
        return renderers[0], renderers[0].media_type
