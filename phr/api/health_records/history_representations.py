"""Entries of a record's history, as JSON, from loaded rows."""

from datetime import UTC, datetime
from typing import Any

from phr.api.json import JsonObject
from phr.health_records.history import COMMENT_FIELDS, Change, Content
from phr.health_records.models import RECORD_FIELDS
from phr.health_records.visit_times import own_time

# The columns that make one field, where it is not one of the same name.
COLUMNS = {"visit_date": ("visit_date", "visit_offset")}
FIELDS = {"record": RECORD_FIELDS, "comment": COMMENT_FIELDS}


def represent_change(change: Change) -> JsonObject:
    return {
        "id": change.id,
        "at": change.at,
        "by": change.by,
        "object": change.kind,
        "object_id": change.object_id,
        "version": change.version,
        "kind": kind_of(change),
        "changes": differences(change),
    }


def kind_of(change: Change) -> str:
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


def differences(change: Change) -> list[JsonObject]:
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
