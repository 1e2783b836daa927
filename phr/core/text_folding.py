"""Text compared the way people compare it."""

import re
import unicodedata

# Letters that people without the key for them write in another way, and that Unicode
# does not take apart.
PLAIN = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ŧ": "t",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ƴ": "y",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    # Which of these a keyboard has depends on its language: Arabic, Persian, Urdu.
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC TATWEEL}": "",
}
# What shows nothing: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties,
# and the control characters that are no white space.
INVISIBLE = (
    *(*range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)),
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810)),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164),
    *(*range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFF9)),
    *(*range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)),
)
# Typewriter's, typographers', and the letters and marks of many scripts that look so.
APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u0374\u055a\u05f3"
    "\u1fbd\u1fbf\u1fef\u1ffd\u2018\u2019\u201b\u2032\u2035\ua78c\uff07\uff40"
)
# Minus signs, which Unicode counts among the signs of mathematics.
OTHER_HYPHENS = "\u2043\u207b\u208b\u2212"
# Where Unicode has marks, and what falls apart into nothing else: no planes above.
# Digits and hyphens are there, too.
MARKS_ARE_AMONG = range(0x300, 0x20000)
LONGEST_RUN = 30  # of marks on one letter: Stream-Safe Text Format, UAX #15, section 13


def fold(*texts: str) -> str:
    """Join texts into one that is compared without regard to case and accents.

    There is one apostrophe in it, one hyphen and one kind of digits, and nothing that
    does not show.

    Done here and not in the database, because what LOWER() makes of a letter outside
    ASCII depends on how a PostgreSQL cluster was initialised. The texts are kept apart
    by a line break, so that a search does not match across two fields.

    Of the marks on one letter those behind the thirtieth are left out: sorting them,
    as normalizing does, takes time by the square of their number.
    """
    joined = "\n".join(texts).translate(ONE_SIGN)
    if joined.isascii():
        return joined.lower()
    bounded = LONG_RUN.sub(r"\1", joined)
    apart = unicodedata.normalize("NFKD", bounded).casefold()
    apart = unicodedata.normalize("NFKD", apart)
    plain = LONG_RUN.sub(
        r"\1", apart.translate(PLAINLY)
    )  # what parted runs may be gone
    return unicodedata.normalize("NFKC", plain)


def is_accent(letter: str) -> bool:
    """Whether it is a mark that people leave out, and not a letter of its script.

    Unicode sorts marks by where they sit, and that tells them apart: strokes through
    a letter (1), the points of Hebrew, Arabic and Syriac (10 to 36), and what stands
    above or below (200 and more) may be left out; the vowels of Devanagari, Thai or
    Tibetan and the voicing marks of kana (other numbers) make another word.
    """
    place = unicodedata.combining(letter)
    return place == 1 or 10 <= place <= 36 or place >= 200


def is_mark(letter: str) -> bool:
    """Whether it is a mark, or becomes marks alone when it is taken apart."""
    return unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) > 0


def stays_with_its_letter(letter: str) -> bool:
    """Whether it is a mark of any kind, such as a vowel written beside its letter."""
    return unicodedata.category(letter).startswith("M")


def is_hyphen(letter: str) -> bool:
    """Whether it is a hyphen or a dash."""
    return unicodedata.category(letter) == "Pd"


def may_be_a_sign(letter: str) -> bool:
    """Whether it is none of those many that are only letters, or nothing at all."""
    return unicodedata.category(letter) not in {"Lo", "Cn", "Co", "Cs"}


# Looking at all of them would take a twentieth of each start.
LETTERS = list(filter(may_be_a_sign, map(chr, MARKS_ARE_AMONG)))
MARKS = "".join(filter(is_mark, LETTERS))
EVERY_MARK = "".join(filter(stays_with_its_letter, LETTERS))
HYPHENS = OTHER_HYPHENS + "".join(filter(is_hyphen, LETTERS))
DIGITS = {ord(digit): str(int(digit)) for digit in filter(str.isdecimal, LETTERS)}
ONE_SIGN = (
    dict.fromkeys(INVISIBLE)
    | dict.fromkeys(map(ord, APOSTROPHES), "'")
    | dict.fromkeys(map(ord, HYPHENS), "-")
)
# Again, as there are letters of which a sign is a part.
PLAINLY = (
    ONE_SIGN
    | DIGITS
    | str.maketrans(PLAIN)
    | dict.fromkeys(map(ord, filter(is_accent, MARKS)))
)
LONG_RUN = re.compile(f"([{MARKS}][{MARKS}]{{{LONGEST_RUN - 1}}})[{MARKS}]+")
