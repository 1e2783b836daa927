"""What the document says about one operation, beside the shapes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import exceptions
from rest_framework.serializers import Serializer

Examples = Mapping[str, Any]  # by what each of them shows


@dataclass(frozen=True, slots=True)
class Operation:
    """:param requests: bodies that are taken.
    :param answers: bodies that are answered, by status.
    :param problems: what is raised, beside what every such operation can raise.
    :param headers: of successful answers, by name: what they say.
    """

    summary: str
    description: str
    requests: Examples = field(default_factory=dict)
    answers: Mapping[int, Examples] = field(default_factory=dict)
    problems: tuple[Exception, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(kind: type[Serializer[Any]], body: Any, **options: Any) -> Exception:
    """The error that a serializer really raises for a body."""
    serializer = kind(data=body, **options)
    return raised(lambda: serializer.is_valid(raise_exception=True))


def raised(act: Callable[[], Any]) -> Exception:
    try:
        act()
    except exceptions.APIException as error:
        return error
    raise AssertionError("an example of a problem that is none")
