"""The access log as a table for spreadsheets (RFC 4180), without their formulas."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from phr.api.audit.representations import represent_entry
from phr.api.json import JsonObject
from phr.audit.models import AccessEntry

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
# With these a formula begins; those after the first four are what some take for them.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
# Within a word they are no such sign. Behind anything else a cell may begin: what
# separates cells is for whoever opens the file to choose, and often a semicolon.
BEGINS_FORMULA = re.compile(rf"(?<![\w'{SIGNS}])(?=[{SIGNS}])")
BEGINS_CELL_ANEW = ("\t", "\r", "\n")


def csv_chunks(batches: Iterable[Iterable[AccessEntry]]) -> Iterator[str]:
    """The head of the table, then the lines of one batch after the other."""
    yield rows_of([COLUMNS])
    for batch in batches:
        yield rows_of(cells_of(entry) for entry in batch)


def rows_of(rows: Iterable[Iterable[str]]) -> str:
    page = StringIO(newline="")
    csv.writer(page).writerows(rows)
    return page.getvalue()


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


def harmless(text: str) -> str:
    """Make text of what a spreadsheet would run (OWASP, CSV Injection)."""
    quoted = BEGINS_FORMULA.sub("'", text)
    return f"'{quoted}" if quoted.startswith(BEGINS_CELL_ANEW) else quoted
