"""No address and no method without a row in the table."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from phr.api.views import UnknownPath
from tests.access.matrix import ROWS
from tests.access.sending import send
from tests.cases import for_each, undone
from tests.rows import nothing_written

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NAMED = {(row.method, row.path.partition("?")[0]) for row in ROWS}
PATHS = sorted({path for _, path in NAMED})
UNKNOWN = "/api/{anything_else}"


class Route(NamedTuple):
    path: str
    view: Any


def routes(
    patterns: list[URLPattern | URLResolver], prefix: str = "/"
) -> Iterator[Route]:
    """Every address of the server; the admin site, with all below it, as one."""
    for entry in patterns:
        path = prefix + words_of(entry)
        if isinstance(entry, URLPattern):
            yield Route(path, entry.callback)
        elif entry.app_name == "admin":
            yield Route(path, None)
        else:
            yield from routes(entry.url_patterns, path)


def words_of(entry: URLPattern | URLResolver) -> str:
    if isinstance(entry.pattern, RegexPattern):
        return "{anything_else}" if str(entry.pattern) == "" else str(entry.pattern)
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))


def methods_of(view: Any) -> set[str]:
    """The methods that a view has of its own; a plain function is a page to read."""
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if view_class is None or view_class is UnknownPath:
        return {"GET"}
    return {name for name in METHODS if hasattr(view_class, name.lower())}


ROUTES = list(routes(get_resolver().url_patterns))
NOT_IN_THE_TABLE = [
    (method, path)
    for path in PATHS
    for method in METHODS
    if (method, path) not in NAMED and path not in (UNKNOWN, "/admin/")
]


def test_every_address_and_method_has_a_row_in_the_table():
    served = {
        (method, route.path) for route in ROUTES for method in methods_of(route.view)
    }

    assert len(served) > 30
    assert sorted(served - NAMED) == []


def test_the_table_names_no_address_that_is_gone():
    assert sorted(set(PATHS) - {route.path for route in ROUTES}) == []


@for_each("method, path", NOT_IN_THE_TABLE, undone)
def test_a_method_that_the_table_does_not_name_does_nothing(scene, api, method, path):
    client = api("alice")

    with nothing_written():
        response = client.generic(method, path.format_map(scene))

    # 403 where the role is refused before the method is looked at.
    assert response.status_code in (403, 405)


@for_each("row", [row for row in ROWS if row.statuses["nobody"] == 401], undone)
def test_a_broken_token_is_nobodys_wherever_one_is_needed(scene, client_for, row):
    client = client_for("nobody", row)

    for token in ("", "x", "eyJhbGciOiJub25lIn0.e30."):
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        with nothing_written():
            response = send(client, row, scene)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
