"""The OpenAPI document."""

from functools import cache
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from phr.api.views import ApiView

YAML = "application/yaml"


@cache
def rendered_schema() -> bytes:
    """The document as YAML; made once, because it says the same to everybody."""
    generator: Any = SchemaGenerator  # it has no types
    renderer: Any = OpenApiYamlRenderer()
    schema = generator().get_schema(request=None, public=True)
    return bytes(renderer.render(schema, renderer_context={}))


@cache
def tag_of(document: bytes) -> str:
    return f'"{sha256(document).hexdigest()[:32]}"'


class SchemaDocument(ApiView):
    """This document."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        operation_id="read_document",
        responses={(200, YAML): OpenApiTypes.OBJECT},
        tags=["server"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        document = rendered_schema()
        tag = tag_of(document)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}  # kept, but asked about
        answer = HttpResponse(document, content_type=YAML, headers=headers)
        asked = request._request  # noqa: SLF001 - as Django knows it
        return get_conditional_response(asked, tag, None, answer) or answer
