"""The words of JSON Schema of which the archive's schema is made."""

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Model

Schema = dict[str, Any]

NO_NUL = r"^[^\u0000]*$"
LARGEST_INTEGER = 2**31 - 1  # of PostgreSQL's integer
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The furthest that FHIR's dateTime has, and so our visits.
OFFSET = "[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"


def text(longest: int, pattern: str = NO_NUL) -> Schema:
    return {"type": "string", "maxLength": longest, "pattern": pattern}


def text_of(model: type[Model], name: str) -> Schema:
    """A text as long as a column holds."""
    field: Any = model._meta.get_field(name)  # noqa: SLF001 - it is documented
    assert isinstance(field, CharField)
    return text(field.max_length or 0)


ID = text(36, "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
DAY = text(10, f"^{DATE}$")
MOMENT = text(27, f"^{DATE}T{TIME}Z$")
LOCAL_MOMENT = text(32, f"^{DATE}T{TIME}(?:Z|{OFFSET})$")
SHA256 = text(64, "^[0-9a-f]{64}$")
FLAG: Schema = {"type": "boolean"}


def whole(least: int = 0, most: int = LARGEST_INTEGER) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def one_of(values: Iterable[str]) -> Schema:
    return {"enum": list(map(str, values))}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def shape(properties: Schema) -> Schema:
    """An object with these members, all of them, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def part(name: str, properties: Schema) -> Schema:
    return shape({"part": {"const": name}, **properties})


def several(name: str, items: str, item: Schema) -> Schema:
    """A part with some of many things."""
    return part(name, {items: many(item)})
