"""What others read in one line is one line, in its own direction, and can be seen."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError

from phr.core.single_line import as_one_line, refuse_other_than_one_line
from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import (
    PROFILE,
    WITH_FIELDS,
    Endpoint,
    Kind,
    cases,
    with_value,
)
from tests.cases import for_each, undone
from tests.problem_answers import faults_of
from tests.rows import nothing_written

LINES = {
    *("first_name", "last_name", "emergency_contact", "specialization", "name"),
    *("license_number", "authority", "document_reference", "title", "reason"),
}
CONTROLS = {
    "a line break": "Moreau\nSecurity notice: call +1 900",
    "a carriage return": "Moreau\rSecurity notice",
    "a tabulator": "Moreau\tMoreau",
    "a form feed": "Moreau\fMoreau",
    "an escape": "Moreau\x1b[31m",
    "a delete": "Mor\x7feau",
    "a next line": "Moreau\x85Moreau",
    "a control of C1": "Mor\x9beau",
    "a line separator": "Moreau\u2028Security notice",
    "a paragraph separator": "Moreau\u2029Security notice",
    "an override": "Mor\u202euae",
    "an embedding": "\u202bMoreau",
    "a pop": "Moreau\u202c",
    "an isolate": "Moreau\u2067",
    "a digit shape": "Moreau\u206e",
    "an annotation": "Mo\ufff9re\ufffaau\ufffb",
    "tags": "Moreau\U000e0048\U000e0049",
    "tags behind a flag": "\U0001f3f4\U000e0067\U000e0062\U000e007f\U000e0048",
}
UNSEEN = {
    "zero width": "\u200b\u200c\u200d\u2060\ufeff",
    "soft hyphens": "\u00ad\u00ad",
    "fillers of Hangul": "\u3164\u115f\u1160\uffa0",
    "a blank of Braille": "\u2800",
    "variation selectors": "\ufe0f\U000e0100",
    "marks of direction": "\u200e\u200f\u061c",
    "separators of Mongolian": "\u180e\u180b",
    "vowels of Khmer": "\u17b4\u17b5",
    "a joiner of graphemes": "\u034f",
    "invisible operators": "\u2061\u2064",
    "a note without a head": "\U0001d159",
    "blanks of hieroglyphs": "\U00013441\U00013442",
    "a place of an object": "\ufffc",
    "no characters": "\ufffe\uffff\ufdd0",
    "spaces between": "\u3164 \u2800\u00a0\u3164",
}
SEEN = {
    "Persian": "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
    "Malayalam": "അവന\u0d4d\u200d",
    "Hindi": "क\u094d\u200dष",
    "Hebrew with points": "שָׂרָה",
    "Japanese, a variant": "葛\U000e0100城",
    "Hangul of parts": "\u1112\u1161\u11ab",
    "a doctor as emoji": "\U0001f469\u200d\u2695\ufe0f",
    "the flag of England": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e"
    "\U000e0067\U000e007f",
    "two directions": "Levi \u200e\u05dc\u05d5\u05d9",
    "a soft hyphen": "Donau\u00addampf",
    "an apostrophe": "O\u2019Brien",
    "one letter": "Ø",
    "one mark": "…",
    "Sinhala": "ශ\u0dca\u200dර\u0dd3",
    "Kanji for rare names": "\U00020bb7野",
    "of a company's own": "\ue000",
}
FIELDS = [
    case
    for case in cases(WITH_FIELDS, Kind.TEXT)
    if case[1].rpartition(".")[2] in LINES
]


def codes_of(text: str) -> set[str]:
    try:
        refuse_other_than_one_line(text)
    except ValidationError as error:
        return {str(error.code)}
    return set()


@for_each("endpoint, name", FIELDS, undone)
def test_controls_are_refused_in_every_line(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    with nothing_written():
        for kind, text in CONTROLS.items():
            response = send(endpoint, with_value(endpoint.body, name, text[:40]))
            expected = {(name, "control_characters_not_allowed")}
            assert (kind, faults_of(response)) == (kind, expected)


@for_each("endpoint, name", FIELDS, undone)
def test_what_nobody_sees_is_refused_in_every_line(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    with nothing_written():
        for kind, text in UNSEEN.items():
            response = send(endpoint, with_value(endpoint.body, name, text))
            assert (kind, faults_of(response)) == (kind, {(name, "nothing_visible")})


@for_each("kind", SEEN, undone)
def test_letters_that_are_joined_in_a_word_stay_joined(send: Send, kind: str) -> None:
    """What joins them is invisible and belongs to the spelling."""
    text = SEEN[kind]
    endpoint = Endpoint("alice", "patch", PROFILE)
    names: dict[str, Any] = {"first_name": text, "last_name": text}

    response = send(endpoint, {"user": names, "emergency_contact": text})

    assert response.status_code == 200, response.content
    assert response.json()["user"].items() >= names.items()
    assert response.json()["emergency_contact"] == text


@for_each("text", [*CONTROLS.values(), *UNSEEN.values()])
def test_what_is_left_of_a_text_from_elsewhere_is_taken(text: str) -> None:
    assert codes_of(text)
    assert codes_of(as_one_line(text)) == set()


@for_each("text", SEEN.values())
def test_nothing_is_taken_from_a_text_that_is_one_line(text: str) -> None:
    assert codes_of(text) == set()
    assert as_one_line(text) == text


def test_a_line_is_what_python_prints_or_unicode_joins() -> None:
    """Of the whole of Unicode no control and no space makes a line."""
    for code in range(1, 0x110000):
        category = unicodedata.category(chr(code))
        if category in ("Cc", "Zl", "Zp"):
            assert codes_of(f"x{chr(code)}x") == {"control_characters_not_allowed"}
        if category in ("Cc", "Zs", "Zl", "Zp"):
            assert codes_of(chr(code)), hex(code)
        elif category[0] in "LNPS" and codes_of(chr(code)):
            assert unicodedata.name(chr(code)) in WITHOUT_INK, hex(code)


WITHOUT_INK = {
    *("HANGUL CHOSEONG FILLER", "HANGUL JUNGSEONG FILLER", "HANGUL FILLER"),
    *("HALFWIDTH HANGUL FILLER", "BRAILLE PATTERN BLANK"),
    *("MUSICAL SYMBOL NULL NOTEHEAD", "OBJECT REPLACEMENT CHARACTER"),
    *("EGYPTIAN HIEROGLYPH FULL BLANK", "EGYPTIAN HIEROGLYPH HALF BLANK"),
}
