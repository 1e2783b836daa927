"""The access log as a file, read back."""

import csv
from io import StringIO
from typing import Any

Row = dict[str, str]


def table(response: Any) -> list[Row]:
    """The lines of the file, by the names in its head."""
    assert response.status_code == 200, response.content
    return list(csv.DictReader(StringIO(response.getvalue().decode(), newline="")))


def flat(shown: dict[str, Any]) -> Row:
    """A line of the JSON list, in the columns of the file."""
    cells: dict[str, Any] = {}
    for name, value in shown.items():
        if name == "actor":
            inner = value or {"id": "", "name": "", "role": ""}
            cells |= {f"actor_{key}": text for key, text in inner.items()}
        elif name == "origin":
            cells |= {f"origin_{key}": text for key, text in value.items()}
        else:
            cells[name] = value
    return {name: text_of(value) for name, value in cells.items()}


def text_of(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)
