"""People are found by words of their names, in any order and however they are typed."""

import re
import unicodedata
from collections.abc import Iterable
from functools import reduce
from itertools import islice
from operator import and_, or_

from django.db.models import Q

from phr.core.text_folding import fold

SHORTEST_INSIDE_WORDS = 3  # letters, of which a trigram has so many
MOST_WORDS = 20  # of a question; no name has more
# What stands between words, folded: space, and punctuation of all scripts but what is
# in words and addresses.
IN_WORDS = "'@_%\\"
PUNCTUATION = "".join(
    sign
    for sign in map(chr, range(0x20000))  # Unicode has some in two planes
    if unicodedata.category(sign).startswith("P") and sign not in IN_WORDS
)
SEPARATORS = re.compile(rf"[\s+|<>=~^`${re.escape(PUNCTUATION)}]+")
# Servant of, before one of God's names: with a space and without is the same name.
ABD = re.compile("(?<![^\\s])(\u0639\u0628\u062f) (?=\u0627\u0644)")
# D' Angelo, who is also written D'Angelo; but Igor' Petrov has two words.
SHORT_BEFORE = re.compile(r"(?<![^\s])(\w{1,2})' ")
# Chinese, Japanese and Korean: no space stands between family and given names there, so
# each letter is a word.
LETTERS_ALONE = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
# Folded, as people write them before or behind a name; with these, a question may say
# more than is stored.
TITLE = re.compile(
    r"(?<!\w)(?:dra?|drs|doctora?|docteur|do[kc]tor|dokter|profa?|professor|professeur|"
    r"priv-doz|pd|med|dent|dott\.ssa|dott|dottore|dottoressa|doutora?|mudr|md|phd|mr|mrs|"
    r"ms|mx|miss|mme|mlle|monsieur|madame|herr|frau|sra?|senora?|m\.d|ph\.d|h\.c|"
    r"mult|pr|rev|sir|jr|ing|dipl|lic|sig\.ra|sig\.na|sig|dkt|nurse|"
    r"\u0434-?\u0440|\u0434\u043e\u043a\u0442\u043e\u0440|"
    r"\u043f\u0440\u043e\u0444|\u03b4\u03c1|\u05d3[\"\u05f4']\u05e8|\u062f(?=\.)|"
    r"\u062f\u0643\u062a\u0648\u0631\u0647?|"
    r"\u0921\u0949(?:\u0915\u094d\u091f\u0930)?|\u09a1\u09be\u0983?|\u0e19\u0e1e|\u0e1e\u0e0d)(?!\w)"
    "|\u533b\u751f|\u91ab\u751f|\u533b\u5e2b|\u5148\u751f|\u535a\u58eb|\uc120\uc0dd\ub2d8|\ubc15\uc0ac"
)


def line_of(text: str) -> str:
    """The words of a text as `mentions` looks through them, in one line."""
    return " ".join(words_of(fold(text)))


def name_line(name: str) -> str:
    """Like `line_of`; words with a hyphen are also in it as one word."""
    folded = fold(name)
    words = (*words_of(folded), *words_of(folded.replace("-", "")))
    return " ".join(dict.fromkeys(words))


def words_of(folded: str) -> list[str]:
    """Its words; an apostrophe is left out, and so is a space behind a short word's."""
    apart = SHORT_BEFORE.sub(r"\1", SEPARATORS.sub(" ", folded)).replace("'", "")
    apart = ABD.sub(r"\1", apart)
    return LETTERS_ALONE.sub(r" \g<0> ", apart).split()


def words_asked(question: str) -> Iterable[str]:
    """The words somebody is to be found by: without titles, if there are others."""
    folded = fold(question)
    words = words_of(TITLE.sub(" ", folded)) or words_of(folded)
    return islice(dict.fromkeys(words), MOST_WORDS)


def mentions(question: str, *paths: str) -> Q:
    """Each word of a search is in one of several texts.

    :param paths: of columns that hold lines of `name_line` and `line_of`.
    :returns: what holds for no row if there is no word in the question.
    """
    each = [
        reduce(or_, (has_word(path, word) for path in paths))
        for word in words_asked(question)
    ]
    return reduce(and_, each) if each else Q(pk__in=[])


def has_word(path: str, word: str) -> Q:
    """A word, or a part of one, is in a text.

    One letter or two are looked for where words begin: an index of trigrams knows
    these too, while everything that holds two letters somewhere it does not know.
    """
    if len(word) >= SHORTEST_INSIDE_WORDS:
        return Q(**{f"{path}__contains": word})
    begins = Q(**{f"{path}__startswith": word})
    for before in (" ", "\n"):
        begins |= Q(**{f"{path}__contains": before + word})
    return begins
