"""Text compared the way people compare it."""

import re
import unicodedata

# Letters that people without the key for them write in another way, and that Unicode
# does not take apart.
PLAIN = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
# Where Unicode has marks, and what falls apart into nothing else: no planes above.
MARKS_ARE_AMONG = range(0x300, 0x20000)
LONGEST_RUN = 30  # of marks on one letter: Stream-Safe Text Format, UAX #15, section 13


def fold(*texts: str) -> str:
    """Join texts into one that is compared without regard to case and accents.

    Done here and not in the database, because what LOWER() makes of a letter outside
    ASCII depends on how a PostgreSQL cluster was initialised. The texts are kept apart
    by a line break, so that a search does not match across two fields.

    Of the marks on one letter those behind the thirtieth are left out: sorting them,
    as normalizing does, takes time by the square of their number.
    """
    joined = "\n".join(texts)
    if joined.isascii():
        return joined.lower()
    bounded = LONG_RUN.sub(r"\1", joined)
    apart = unicodedata.normalize("NFKD", bounded).casefold()
    apart = unicodedata.normalize("NFKD", apart)
    return unicodedata.normalize("NFKC", apart.translate(PLAINLY))


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


MARKS = "".join(filter(is_mark, map(chr, MARKS_ARE_AMONG)))
PLAINLY = PLAIN | dict.fromkeys(map(ord, filter(is_accent, MARKS)))
LONG_RUN = re.compile(f"([{MARKS}][{MARKS}]{{{LONGEST_RUN - 1}}})[{MARKS}]+")
