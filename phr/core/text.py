"""Text compared the way people compare it."""

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
FIRST_MARK = "\N{COMBINING GRAVE ACCENT}"


def fold(*texts: str) -> str:
    """Join texts into one that is compared without regard to case and accents.

    Done here and not in the database, because what LOWER() makes of a letter outside
    ASCII depends on how a PostgreSQL cluster was initialised. The texts are kept apart
    by a line break, so that a search does not match across two fields.
    """
    joined = "\n".join(texts)
    if joined.isascii():
        return joined.lower()
    apart = unicodedata.normalize("NFKD", joined).casefold()
    apart = unicodedata.normalize("NFKD", apart)
    plain = "".join(letter for letter in apart if not is_accent(letter))
    return unicodedata.normalize("NFKC", plain.translate(PLAIN))


def is_accent(letter: str) -> bool:
    """Whether it is a mark that people leave out, and not a letter of its script.

    Unicode sorts marks by where they sit, and that tells them apart: strokes through
    a letter (1), the points of Hebrew, Arabic and Syriac (10 to 36), and what stands
    above or below (200 and more) may be left out; the vowels of Devanagari, Thai or
    Tibetan and the voicing marks of kana (other numbers) make another word.
    """
    if letter < FIRST_MARK:
        return False
    place = unicodedata.combining(letter)
    return place == 1 or 10 <= place <= 36 or place >= 200
