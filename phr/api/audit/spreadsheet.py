"""The access log as a table for spreadsheets."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from phr.api.audit.representations import represent_entry
from phr.api.json import JsonObject
from phr.audit.models import AccessEntry
from phr.core.spreadsheets import harmless, rows_of

COLUMNS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "action",
    "object_kind",
    "object_ids",
    "categories",
    "count",
    "patient",
    "basis",
    "grant",
    "origin_face",
    "origin_address",
    "origin_user_agent",
    "outcome",
    "since",
)


def csv_chunks(batches: Iterable[Iterable[AccessEntry]]) -> Iterator[str]:
    """The head of the table, then the lines of one batch after the other."""
    yield rows_of([COLUMNS])
    for batch in batches:
        yield rows_of(cells_of(entry) for entry in batch)


def cells_of(entry: AccessEntry) -> list[str]:
    """One line as the API tells it, an inner object spread over columns of its own."""
    told = represent_entry(entry)
    flat: JsonObject = dict(told)
    for outer in ("actor", "origin"):
        inner = flat[outer] or {}
        flat |= {f"{outer}_{name}": value for name, value in inner.items()}
    return [harmless(as_text(flat.get(column))) for column in COLUMNS]


def as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case list():
            return " ".join(map(str, value))
        case _:
            return str(value)
