"""What a page says, and what it costs."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def plain(response: Any) -> str:
    """What is read on a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", text_of(response)).split())


def queries_of(client: Client, path: str) -> list[str]:
    """The statements of a page, without those that note when a session was used."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    asked = [query["sql"] for query in queries]
    noting = [i for i, sql in enumerate(asked) if "SAVEPOINT" in sql]
    return asked[: noting[0]] + asked[noting[-1] + 1 :] if noting else asked
