"""Making the requests of the table."""

import json
from typing import Any

from django.test import Client

from tests.access.matrix import Row


def send(client: Client, row: Row, scene: dict[str, str]) -> Any:
    """Make the request of a row, with the scene's ids in it."""
    names = scene | {name: fill(text, scene) for name, text in row.given.items()}
    url, body = fill(row.path, names), fill(row.body, names)
    if body is None:
        return client.generic(row.method, url)
    if row.form:
        return client.post(url, body)
    return client.generic(row.method, url, json.dumps(body), "application/json")


def fill(value: Any, names: dict[str, str]) -> Any:
    """Put what the names in braces stand for into every text."""
    match value:
        case str():
            return value.format_map(names)
        case dict():
            return {key: fill(inner, names) for key, inner in value.items()}
        case _:
            return value
