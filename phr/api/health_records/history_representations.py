"""Entries of a record's history, as JSON, from loaded rows."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypedDict, cast
from uuid import UUID

from phr.api.answer_types import Keywords
from phr.health_records.history import COMMENT_FIELDS, Change, Content
from phr.health_records.models import RECORD_FIELDS
from phr.health_records.visit_times import own_time

# The columns that make one field, where it is not one of the same name.
COLUMNS = {"visit_date": ("visit_date", "visit_offset")}
FIELDS = {"record": RECORD_FIELDS, "comment": COMMENT_FIELDS}
CHANGED_FIELDS = [*RECORD_FIELDS, *COMMENT_FIELDS]
CHANGED_OBJECTS = [*FIELDS]
# Of whichever field it is about.
AnyValue = Annotated[Any, Keywords(type=["string", "boolean", "null"])]


class PersonsNameJson(TypedDict):
    """Who did something."""

    id: UUID
    first_name: str
    last_name: str


class DifferenceJson(TypedDict):
    """One field that a change has changed; null where there was or is nothing."""

    field: Annotated[str, Keywords(enum=CHANGED_FIELDS)]
    before: AnyValue
    after: AnyValue


class ChangeJson(TypedDict):
    """One change of a record or of one of its comments."""

    id: UUID
    at: datetime
    by: PersonsNameJson | None
    object: Annotated[str, Keywords(enum=CHANGED_OBJECTS)]
    object_id: UUID
    version: Annotated[
        int, Keywords(minimum=2), "The version that this change created."
    ]
    kind: Literal["changed", "deleted", "restored"]
    changes: list[DifferenceJson]


def represent_change(change: Change) -> ChangeJson:
    return {
        "id": change.id,
        "at": change.at,
        "by": cast("PersonsNameJson | None", change.by),  # JSON of PostgreSQL
        "object": change.kind,
        "object_id": change.object_id,
        "version": change.version,
        "kind": kind_of(change),
        "changes": differences(change),
    }


def kind_of(change: Change) -> Literal["changed", "deleted", "restored"]:
    """What happened: a record is deleted, and restored, by a mark on its row."""
    if change.after is None:
        return "deleted"
    was_deleted = change.before.get("deleted_at") is not None
    is_deleted = change.after.get("deleted_at") is not None
    match (was_deleted, is_deleted):
        case (False, True):
            return "deleted"
        case (True, False):
            return "restored"
        case _:
            return "changed"


def differences(change: Change) -> list[DifferenceJson]:
    """The fields that differ; all of them where nothing came after."""
    after = change.after or {}
    return [
        {
            "field": name,
            "before": value_of(change.before, name),
            "after": value_of(after, name),
        }
        for name in FIELDS[change.kind]
        if is_different(change.before, after, name)
    ]


def is_different(before: Content, after: Content, name: str) -> bool:
    columns = COLUMNS.get(name, (name,))
    return any(before[column] != after.get(column) for column in columns)


def value_of(content: Content, name: str) -> Any:
    """A value as the record's own answer has it; PostgreSQL's JSON has no times."""
    value = content.get(name)
    if name == "visit_date" and value is not None:
        instant = datetime.fromisoformat(value).astimezone(UTC)
        return own_time(instant, content["visit_offset"])
    return value
