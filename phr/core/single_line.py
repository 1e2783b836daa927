"""Single-line texts: names, titles, reasons, and others that people read in lists.

Such a text must not break the line, reverse the text next to it, or be invisible. What
joins and parts letters in words of Persian, Hindi or emoji (U+200C, U+200D, variation
selectors) stays as it is written.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Controls, and what ends a line or a paragraph. NUL is for other rules: no text has it.
CONTROLS = r"\x01-\x1f\x7f-\x9f\u2028\u2029"
# Embeddings, overrides and isolates of direction (UAX #9), the controls that Unicode
# advises against, and those that write between the lines. Marks of direction (U+200E,
# U+200F, U+061C) turn nothing around and stand in names of two scripts.
DIRECTIONS = r"\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb"
# A second text behind the first that nobody sees; but flags of regions are made of it
# (UTS #51, emoji tag sequences).
TAGS = r"\U000e0000-\U000e007f"
FLAG = r"\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f"
# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, and what has no
# ink: blanks of Braille, hieroglyphs and music, places of objects, no characters.
UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    r"\ufffe\uffff\U00013430-\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
ENDS_OR_CONTROLS = re.compile(f"[{CONTROLS}]+")
REFUSED_WITHIN = re.compile(f"{FLAG}|([{CONTROLS}{DIRECTIONS}{TAGS}])")
TURNS_OR_HIDES = re.compile(f"({FLAG})|[{DIRECTIONS}{TAGS}]")
SEEN = re.compile(rf"[^\s\0{CONTROLS}{UNSEEN}]")


def refuse_other_than_one_line(text: str) -> None:
    """See that a text is one line, reads in its own direction, and shows something.

    Empty is for others to allow or to refuse.

    :raises ValidationError: it says what is wrong by its code.
    """
    if any(found[1] for found in REFUSED_WITHIN.finditer(text)):
        raise ValidationError(
            _("Use a single line without control characters."),
            "control_characters_not_allowed",
        )
    if text and not SEEN.search(text):
        raise ValidationError(
            _("This text has no visible characters."), "nothing_visible"
        )


def as_one_line(text: str) -> str:
    """What is left of a text from elsewhere that such a field takes.

    :returns: empty if nothing of it could be seen.
    """
    kept = TURNS_OR_HIDES.sub(lambda found: found[1] or "", text.replace("\0", ""))
    line = ENDS_OR_CONTROLS.sub(" ", kept).strip()
    return line if SEEN.search(line) else ""
