"""What the input serializers take, in the words of JSON Schema."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from rest_framework import serializers

from phr.api.fields import Line, NewPassword

NO_NUL = r"^[^\u0000]*$"
# What Python takes for white space, and so keeps off both ends of a text.
SPACE = r"[\s\u001c-\u001f\u0085]*"
# What `refuse_other_than_one_line` looks for; tags lie beyond what ECMAScript escapes.
OF_NO_LINE = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
NO_SPACE = rf"[^\s{OF_NO_LINE}]"
# With what Python takes for white space, and ECMAScript does not.
NOT_BLANK = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"


def line(*, blank: bool) -> str:
    """The pattern of a text of one line; that something is seen is for words to say."""
    other = f"[^{OF_NO_LINE}]*"
    return f"^{SPACE}{other if blank else other + NO_SPACE + other}{SPACE}$"


class StrictInput(OpenApiSerializerExtension):
    """Nothing but the fields; and in texts no NUL, nor white space alone."""

    target_class = "phr.api.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        partial = self.target.partial
        for field in self.target.fields.values():
            if isinstance(field, serializers.Serializer):
                field.partial = partial  # what DRF does, for the whole tree
        schema: dict[str, Any] = auto_schema._map_serializer(  # noqa: SLF001 - see the docs of extensions
            self.target, direction, bypass_extensions=True
        )
        for name, described in schema.get("properties", {}).items():
            narrow(described, self.target.fields[name])
        schema["additionalProperties"] = False
        return schema


def narrow(described: dict[str, Any], field: Any) -> None:
    """Say what a text, or each of a list, refuses beside what its validators say."""
    if isinstance(field, serializers.ListField) and "items" in described:
        narrow(described["items"], field.child)
    if not isinstance(field, serializers.CharField) or "format" in described:
        return
    alternatives = described.pop("oneOf", None)
    if alternatives:  # a pattern, or blank
        described.update(alternatives[0])
        described["pattern"] = f"^({described['pattern'].strip('^$')})?$"
    if isinstance(field, NewPassword):
        described["minLength"] = field.shortest
    blank = field.allow_blank or not field.trim_whitespace
    if isinstance(field, Line):
        described.setdefault("pattern", line(blank=blank))
    described.setdefault("pattern", NO_NUL if blank else NOT_BLANK)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "phr.api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": (
                "An access token, which you get by signing in or refreshing."
            ),
        }
