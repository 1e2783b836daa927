"""What a header costs to read goes by its length, before anybody has signed in."""

from typing import Any

from django.http import parse_cookie

from server.wsgi_environ import environ_of
from tests.cases import for_each
from tests.growth.costs import MOST_GROWTH, growth
from tests.nasty_texts import NASTY, repeated

HEADERS = {
    **NASTY,
    "spaces within": lambda length: f"a{' ' * (length - 2)}b",
    "a quoted cookie": lambda length: f'a="{repeated(chr(92))(length)}"',
    "octal escapes in quotes": lambda length: f'a="{repeated(chr(92) + "0")(length)}"',
    "spaces between semicolons": repeated("; "),
    "parameters": repeated("; charset="),
}


def environ_with(name: bytes, value: str) -> dict[str, Any]:
    return environ_of(
        {
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "http_version": "1.1",
            "headers": [(name, value.encode())],
        }
    )


@for_each("kind", HEADERS)
def test_a_content_type_takes_time_by_its_length(kind: str) -> None:
    def read(value: str) -> None:
        environ_with(b"content-type", value)

    assert growth(read, HEADERS[kind]) < MOST_GROWTH


@for_each("kind", HEADERS)
def test_cookies_take_time_by_their_length(kind: str) -> None:
    def read(value: str) -> None:
        parse_cookie(environ_with(b"cookie", value)["HTTP_COOKIE"])

    assert growth(read, HEADERS[kind]) < MOST_GROWTH
