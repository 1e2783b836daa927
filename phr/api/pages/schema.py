"""The OpenAPI document."""

from functools import cache
from typing import Any

from django.http import HttpResponse
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


class SchemaDocument(ApiView):
    """This document."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        operation_id="read_document",
        responses={(200, YAML): OpenApiTypes.OBJECT},
        tags=["server"],
    )
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(rendered_schema(), content_type=YAML)
