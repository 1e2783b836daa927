"""The examples of the document: data, which tests hold against the server's answers.

Each noun's examples.yaml has them by the operation's id, and may use what cast.yaml
names: the whole is read as one YAML document.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

API = Path(__file__).resolve().parents[1]
CAST = API / "openapi" / "cast.yaml"


@cache
def whole() -> dict[str, Any]:
    files = (CAST, *sorted(API.glob("*/examples.yaml")))
    text = "".join(file.read_text("utf-8") for file in files)
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def cast() -> dict[str, Any]:
    """The invented people and things, by name."""
    found: dict[str, Any] = whole()["cast"]
    return found


def requests_of(operation_id: str) -> dict[str, Any]:
    """Bodies that are taken, by what each of them shows."""
    found: dict[str, Any] = whole().get(operation_id, {}).get("requests", {})
    return found


def answers_of(operation_id: str, status: int) -> dict[str, Any]:
    """Bodies that are answered, by what each of them shows."""
    answers = whole().get(operation_id, {}).get("answers", {})
    found: dict[str, Any] = answers.get(status, {})
    return found
