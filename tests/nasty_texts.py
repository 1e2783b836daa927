"""Texts of any length that cost more than others where nobody thought of them."""

import unicodedata
from collections.abc import Callable

from phr.core.text_folding import MARKS


def marks_downwards(length: int) -> str:
    """Marks in the order that makes sorting them dearest: by class, highest first."""
    falling = sorted(MARKS, key=unicodedata.combining, reverse=True)
    times = -(-length // len(falling))
    return "".join(mark * times for mark in falling)[:length]


def different_letters(length: int) -> str:
    """Letters of scripts without spaces, each a word, all different up to 90,000."""
    among = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x323AF)]
    codes = (code for first, last in among for code in range(first, last + 1))
    return repeated("".join(map(chr, codes)))(length)


def repeated(unit: str) -> Callable[[int], str]:
    """A text of a length that is made of one piece again and again."""
    return lambda length: (unit * (1 + length // len(unit)))[:length]


# What is long, sorted, taken apart, expanded, paired or looked back at by somebody.
NASTY: dict[str, Callable[[int], str]] = {
    "marks downwards": marks_downwards,
    "marks on one letter": lambda length: "a" + marks_downwards(length - 1),
    "two marks in one": repeated("\u0f73\u0344"),
    "marks parted by what is left out": repeated("\u094d\u093c" * 15 + "\u0640"),
    "runs of marks parted so": lambda length: (
        repeated("\u0ec8" * 30 + "\u0640")(length // 2)
        + repeated("\u093c" * 30 + "\u0640")(length - length // 2)
    ),
    "marks of kana": repeated("\uff9e\u3099"),
    "a mark that is a letter in small": repeated("\u0345\u0334"),
    "eighteen letters in one": repeated("\ufdfa"),
    "ligatures": repeated("\ufb03\u01c4\u1fb7"),
    "syllables taken apart": repeated("\u1100\u1161\u11a8"),
    "first parts of syllables": repeated("\u1100"),
    "different letters": different_letters,
    "letters": repeated("a"),
    "capitals": repeated("\u0130\u1e9eA"),
    "digits": repeated("9"),
    "spaces": repeated(" "),
    "other spaces": repeated("\u2003\u3000\n\t"),
    "dots": repeated("."),
    "labels": repeated("a."),
    "hyphens": repeated("-"),
    "at signs": repeated("@"),
    "quotes": repeated("\"'"),
    "backslashes": repeated("\\"),
    "octal escapes": repeated("\\012"),
    "percent signs": repeated("%2"),
    "brackets": repeated("["),
    "braces": repeated('{"a":'),
    "commas": repeated(","),
    "semicolons": repeated("a=;"),
    "ampersands": repeated("&a="),
    "colons": repeated(":1"),
    "underscores": repeated("_"),
    "tags": repeated("<a "),
    "line breaks": repeated("\r\n"),
    "zeros": repeated("0"),
    "numbers and units": repeated("5mg"),
    "letters with a vowel beside them": repeated("\u0926\u093e"),
    "vowels without a letter": repeated("\u093e"),
    "nothing that shows": repeated("\u00ad\u034f\u200b"),
    "joiners between marks": repeated("\u0323\u034f\u0301"),
    "punycode": repeated("xn--\u00fc"),
}
