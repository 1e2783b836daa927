"""Asking for the access log."""

from typing import Any

LOG = "/api/access-log/"
OPENED = "health_records.record_opened"


def results(client: Any, **query: Any) -> list[dict[str, Any]]:
    response = client.get(LOG, query)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def ids(client: Any, **query: Any) -> list[str]:
    return [line["id"] for line in results(client, **query)]
