"""The OpenAPI document."""

from functools import cache
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from phr.api.openapi.operation import documented
from phr.api.views import PublicView

YAML, JSON = "application/yaml", "application/json"
# drf-spectacular has no types.
GENERATOR: Any = SchemaGenerator
RENDERERS: dict[str, Any] = {YAML: OpenApiYamlRenderer, JSON: OpenApiJsonRenderer}


@cache
@override("en")  # whoever asks first
def rendered_schema(media_type: str) -> bytes:
    """The document; made once, because it says the same to everybody."""
    schema = GENERATOR().get_schema(request=None, public=True)
    return bytes(RENDERERS[media_type]().render(schema, renderer_context={}))


@cache
def tag_of(document: bytes) -> str:
    return f'"{sha256(document).hexdigest()[:32]}"'


class SchemaDocument(PublicView):
    """This document."""

    @documented(
        "read_document",
        "Read this document",
        "Anybody can read the OpenAPI document.",
        responses=dict.fromkeys(
            ((200, kind) for kind in RENDERERS), OpenApiTypes.OBJECT
        ),
        tags=["server"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = request._request  # noqa: SLF001 - as Django knows it
        # YAML to whom both are the same, or neither is.
        media_type = asked.get_preferred_type(list(RENDERERS)) or YAML
        document = rendered_schema(media_type)
        tag = tag_of(document)
        headers = {
            "ETag": tag,
            "Cache-Control": "no-cache",  # kept, but asked about
            "Vary": "Accept",
        }
        answer = HttpResponse(document, content_type=media_type, headers=headers)
        return get_conditional_response(asked, tag, None, answer) or answer
