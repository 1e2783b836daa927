"""Texts that are dear or odd, as long as they may be, in every field that takes one."""

import json
from typing import Any

from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import WITH_FIELDS, Endpoint, Kind, cases, with_value
from tests.cases import for_each, undone
from tests.nasty_texts import NASTY, repeated

# The longest that some field of each kind takes, and a little more.
LENGTHS = (20, 150, 2_000, 20_000, 20_001)
ODD = NASTY | {
    "half a number": repeated("1e"),
    "private use": repeated("\ue000\U0010ffff"),
    "turned around": repeated("\u202e\u2066a"),
    "nothing to see": repeated("\u200b\ufeff"),
    "no characters": repeated("\ufffe\uffff"),
    "control": repeated("\x01\x1b\x7f\x85"),
    "SQL": repeated("%s';--"),
    "formats": repeated("{0.__class__}%n${x}"),
}


# So many parts of the texts: each field and endpoint gets one, and they take turns.
PARTS = 8
FIELDS = cases(WITH_FIELDS, *(set(Kind) - {Kind.OBJECT}))


def part(number: int) -> list[str]:
    """Some of the texts, in one of the lengths each."""
    chosen = list(ODD.values())[number % PARTS :: PARTS]
    return [
        text(LENGTHS[(number + place) % len(LENGTHS)])
        for place, text in enumerate(chosen)
    ]


@for_each("number, field", enumerate(FIELDS), undone)
def test_no_text_of_any_length_is_a_defect(
    send: Send, number: int, field: tuple[Endpoint, str]
) -> None:
    endpoint, name = field

    for text in part(number):
        assert_answered(send(endpoint, with_value(endpoint.body, name, text)))


@for_each("number, endpoint", enumerate(WITH_FIELDS), undone)
def test_no_text_in_every_field_at_once_is_a_defect(
    send: Send, number: int, endpoint: Endpoint
) -> None:
    for text in part(number):
        for length in (10, 100, 15_000):
            assert_answered(send(endpoint, filled(endpoint.body, text[:length])))


def filled(body: Any, text: str) -> Any:
    """The body with the text wherever a text is."""
    match body:
        case dict():
            return {name: filled(value, text) for name, value in body.items()}
        case list():
            return [filled(value, text) for value in body]
        case str():
            return text
        case _:
            return body


def assert_answered(response: Any) -> None:
    assert response.status_code < 500, response.content
    if response.content:
        assert isinstance(json.loads(response.content), dict)
