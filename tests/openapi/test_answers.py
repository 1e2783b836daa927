"""The schema of an answer is read from the type of what a representation returns."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest
from django.db.models import TextChoices
from rest_framework.serializers import Serializer

import phr.api.urls  # noqa: F401 - with it come all serializers
from phr.api.answer_types import Count, Keywords
from phr.api.fields import StrictSerializer
from phr.api.openapi.answers import Answer, schema_of
from tests.openapi.fuzzing import document


class Colour(TextChoices):
    RED = "RED"
    BLUE = "BLUE"


class BallJson(TypedDict):
    colour: NotRequired[str]


def refer(shape: Any) -> dict[str, Any]:
    return {"$ref": shape.__name__}


BALL = {"$ref": "BallJson"}
NO_MORE = "No more than there are."
SCHEMAS = [
    (str, {"type": "string"}),
    (Count, {"type": "integer", "minimum": 0}),
    (datetime | None, {"type": ["string", "null"], "format": "date-time"}),
    (BallJson, BALL),
    (BallJson | None, {"oneOf": [BALL, {"type": "null"}]}),
    (Annotated[BallJson, NO_MORE], {"allOf": [BALL], "description": NO_MORE}),
    (list[BallJson], {"type": "array", "items": BALL}),
    (
        dict[str, Count],
        {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 0},
        },
    ),
    (
        Annotated[Count | None, NO_MORE],
        {"type": ["integer", "null"], "minimum": 0, "description": NO_MORE},
    ),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (
        Annotated[str, Keywords(enum=["a"])] | None,
        {"type": ["string", "null"], "enum": ["a", None]},
    ),
    (NotRequired[str], {"type": "string"}),
]


@pytest.mark.parametrize(("hint", "schema"), SCHEMAS)
def test_a_type_says_what_an_answer_is(hint: Any, schema: dict[str, Any]) -> None:
    assert schema_of(hint, refer) == schema


def test_a_class_of_choices_lists_them() -> None:
    schema = schema_of(Annotated[str, Colour], refer)

    assert (schema["type"], schema["enum"]) == ("string", ["RED", "BLUE"])


def test_an_answer_has_the_name_of_its_type_its_docstring_and_its_fields() -> None:
    grant = document()["components"]["schemas"]["Grant"]

    assert grant["description"].startswith("Why, how far and how long a doctor may")
    assert grant["properties"]["doctor"] == {"$ref": "#/components/schemas/Doctor"}
    assert "reason" in grant["properties"].keys() - set(grant["required"])


def test_serializers_describe_what_comes_in_and_no_answer() -> None:
    ours = [kind for kind in below(Serializer) if kind.__module__.startswith("phr.")]

    assert len(ours) > 50
    assert [
        kind.__name__
        for kind in ours
        if not issubclass(kind, (StrictSerializer, Answer))
    ] == []


def below(kind: Any) -> Iterator[Any]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)
