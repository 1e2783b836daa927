"""The JSON Schema of an answer, read from the type of what a representation returns.

These types are `TypedDict`s. A field's type says what it is; `Annotated` adds what
Python's types cannot say: a text is the description, a class of choices lists the
values, `Keywords` are words of JSON Schema.
"""

from collections.abc import Callable
from functools import cache, reduce
from inspect import cleandoc
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.plumbing import (
    append_meta,
    build_array_type,
    build_object_type,
    resolve_type_hint,
)
from rest_framework import serializers

from phr.api.answer_types import Keywords

Schema = dict[str, Any]
SUFFIX = "Json"  # of the names of the types, which their components go without


class Answer(serializers.Serializer[Any]):
    """Stands for a type of answer where drf-spectacular wants a serializer."""

    shape: ClassVar[Any]


@cache
def serializer_of(shape: Any) -> type[Answer]:
    """:param shape: a `TypedDict`."""
    return type(shape.__name__, (Answer,), {"shape": shape})


def as_serializer(answer: Any) -> Any:
    """A `TypedDict`, or a list of one, for `extend_schema`; all else as it is."""
    if get_origin(answer) is list:
        return serializer_of(get_args(answer)[0])(many=True)
    return serializer_of(answer) if is_typeddict(answer) else answer


class DescribedAnswer(OpenApiSerializerExtension):
    """Makes a component of a type of answer."""

    target_class = "phr.api.openapi.answers.Answer"
    match_subclasses = True

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        name: str = self.target.shape.__name__
        return name.removesuffix(SUFFIX)

    def map_serializer(self, auto_schema: Any, direction: Any) -> Schema:
        def refer(shape: Any) -> Schema:
            stand_in = serializer_of(shape)
            found: Schema = auto_schema.resolve_serializer(stand_in, direction).ref
            return found

        shape = self.target.shape
        fields = get_type_hints(shape, include_extras=True)
        schema: Schema = build_object_type(
            {name: schema_of(hint, refer) for name, hint in fields.items()},
            shape.__required_keys__,
            cleandoc(shape.__doc__ or ""),
        )
        return schema


def schema_of(hint: Any, refer: Callable[[Any], Schema]) -> Schema:
    """The schema of a type.

    :param refer: makes a reference to the component of a `TypedDict`.
    """
    schema: Schema
    origin, parts = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        schema = refer(hint)
    elif origin is NotRequired:
        schema = schema_of(parts[0], refer)
    elif origin is list:
        schema = build_array_type(schema_of(parts[0], refer))
    elif origin is dict:
        values = schema_of(parts[1], refer)
        schema = {"type": "object", "additionalProperties": values}
    elif origin is Annotated:
        words = map(words_of, parts[1:])
        schema = reduce(append_meta, words, schema_of(parts[0], refer))
    elif origin in (Union, UnionType):
        [other] = [part for part in parts if part is not NoneType]
        schema = or_null(schema_of(other, refer))
    else:
        schema = resolve_type_hint(hint)
    return schema


def or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        schema = {**schema, "enum": [*schema["enum"], None]}
    nullable: Schema = append_meta(schema, {"nullable": True})
    return nullable


def words_of(remark: Any) -> Schema:
    """What a remark of `Annotated` is in words of JSON Schema."""
    match remark:
        case str():
            return {"description": remark}
        case Keywords():
            return remark.keywords
        case _:
            values: Schema = resolve_type_hint(remark)
            return values
