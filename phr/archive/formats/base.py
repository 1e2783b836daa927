"""What the formats of all versions have in common. Published formats stand still, and
so does this: a value that is to look otherwise is a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")

LARGEST_INTEGER = 2**31 - 1  # of PostgreSQL's integer
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
# The furthest that FHIR's dateTime has, and so our visits.
OFFSET = "[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"


def text(longest: int, pattern: str = r"^[^\u0000]*$") -> StringConstraints:
    """A text of so many characters at the most, and without NUL."""
    return StringConstraints(max_length=longest, pattern=pattern)


def only(kind: type) -> BeforeValidator:
    """Nothing that is merely equal: to Python, 1 is True, and 0.0 is False."""

    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise PydanticCustomError("literal_error", "The value is different.")
        return value

    return BeforeValidator(check)


Id = Annotated[str, text(36, "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Day = Annotated[str, text(10, f"^{DATE}$")]
Moment = Annotated[str, text(27, f"^{DATE}T{TIME}Z$")]
LocalMoment = Annotated[str, text(32, f"^{DATE}T{TIME}(?:Z|{OFFSET})$")]
Sha256 = Annotated[str, text(64, "^[0-9a-f]{64}$")]
Whole = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
FromOne = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]
# The first fault refuses an archive: millions of them need not be collected.
Many = Annotated[list[T], FailFast()]


class ArchiveModel(BaseModel):
    """An object of an archive: these members, each of this type, and no others.

    Values stay as they are written: what they mean here, the import says.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def refuse_many_members(cls, value: Any) -> Any:
        """Refuse at once what has more members than there are, however many."""
        if isinstance(value, dict) and len(value) > len(cls.model_fields):
            raise PydanticCustomError("too_many_members", "These members do not exist.")
        return value

    @classmethod
    def names(cls, *but: str) -> tuple[str, ...]:
        """The names of its members, but for some."""
        assert set(but) <= cls.model_fields.keys()
        return tuple(name for name in cls.model_fields if name not in but)


@dataclass(frozen=True)
class Format:
    """A published version.

    :param parts: the models of the files' JSON, by the kind of part.
    :param upgrade: makes a part of the version before, which is valid, one of this
        version, by its kind; None for the first.
    """

    version: int
    parts: Mapping[str, type[ArchiveModel]]
    upgrade: Callable[[str, Any], Any] | None = None
