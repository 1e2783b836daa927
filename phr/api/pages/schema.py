"""The OpenAPI document, and the two viewers of it."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer


@cache
def rendered_schema() -> bytes:
    """The document as YAML; made once, because it says the same to everybody."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return bytes(OpenApiYamlRenderer().render(schema, renderer_context={}))


@require_safe
def schema_document(request: HttpRequest) -> HttpResponse:
    return HttpResponse(rendered_schema(), content_type="application/yaml")
