"""What the document says of a view's method, and what many of them can answer."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.serializers import Serializer

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.idempotency import HEADER, PATTERN, InvalidKey
from phr.api.openapi.answers import as_serializer
from phr.api.paging import invalid, read_cursor
from phr.api.preconditions import TAGS, InvalidCondition
from phr.core.errors import TooMany
from phr.core.idempotency import KeyReused
from phr.core.preconditions import ChangedMeanwhile

# Of what takes effect once, however often it is sent with the same key.
BAD_KEY = (InvalidKey(InvalidKey.advice, field=HEADER), KeyReused())
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": PATTERN},
    OpenApiParameter.HEADER,
    description="A new random text for each thing that you do, such as a UUID. If no "
    "answer arrives, send the same request with the same key again: it takes effect "
    "once, and within 24 hours you get the first answer. An account may have some "
    "thousand keys kept; with more the answer is a 429.",
)
# Of what is answered with a tag, and changed on the condition that it still has it.
ETAG = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="Of this state. It changes with every change.",
    response=[200],
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you have. If nothing has changed, the answer is a 304 "
    "without a body.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": TAGS.pattern},
    OpenApiParameter.HEADER,
    description="The ETag that you have read. If somebody has changed it meanwhile, "
    "nothing is changed, and the answer is a 412. Without this header the later change "
    "wins.",
)
STALE = (
    InvalidCondition(InvalidCondition.advice, field="If-Match"),
    ChangedMeanwhile(present="7"),
)
Method = TypeVar("Method", bound=Callable[..., Any])


def documented(
    operation_id: str,
    summary: str,
    description: str,
    *,
    responses: Any,
    problems: Sequence[Exception] = (),
    **schema: Any,
) -> Callable[[Method], Method]:
    """Describe a view's method; its examples are in the noun's examples.yaml.

    :param responses: the `TypedDict` of what is answered, a list of it for a page of
        them, or these by status.
    :param problems: what is raised, beside what every such operation can raise.
    :param schema: what else drf-spectacular's `extend_schema` is to know.
    """
    if isinstance(responses, dict):
        answers = {status: as_serializer(one) for status, one in responses.items()}
    else:
        answers = as_serializer(responses)
    extend = extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=description,
        responses=answers,
        **schema,
    )

    def describe(method: Method) -> Method:
        extended: Any = extend(method)
        extended.kwargs["schema"].problems = problems
        return method

    return describe


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


def wait(**time: int) -> TooMany:
    seconds = int(timedelta(**time).total_seconds())
    return TooMany("Please wait before you try again.", retry_after=seconds)


NO_RECENT_PROOF = StepUpRequired(GIVE_IT)
BAD_PAGE = (
    raised(lambda: read_cursor("a-cursor-of-somebody-else")),
    invalid("page_size", "Enter a number from 1 to 100."),
)
