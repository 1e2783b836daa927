"""The JSON Schema (draft 2020-12) of all parts of an archive. It is published."""

from functools import cache
from typing import Any

import orjson
from pydantic.json_schema import GenerateJsonSchema

from phr.archive.formats import newest_format
from phr.archive.formats.base import LARGEST_INTEGER, Format
from phr.archive.layout import FORMAT


class WithoutFieldTitles(GenerateJsonSchema):
    """A member's name says what its title would."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(chosen: Format) -> dict[str, Any]:
    """The schema of a version: each part under its own name."""
    parts: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    for kind, model in chosen.parts.items():
        part = model.model_json_schema(schema_generator=WithoutFieldTitles)
        shared |= part.pop("$defs", {})
        parts[kind] = part
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{FORMAT}:{chosen.version}",
        "title": "A patient's account, as this server exports it",
        "description": f"Integers are at most {LARGEST_INTEGER}. The manifest lists "
        "every other file of the archive with its size and SHA-256. "
        "Each of the other files says in `part` what it contains.",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in parts],
        "$defs": parts | shared,
    }


@cache
def schema_file() -> bytes:
    """The newest, as it is published, served, and put into each archive."""
    return orjson.dumps(document(newest_format()), option=orjson.OPT_INDENT_2) + b"\n"
