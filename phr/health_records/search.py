"""Finding records by their words: what is stored of a text, and how it is asked for.

Each word of a record is stored with a key of its patient before it. A search so reads
what the index holds of the searcher's patients, and nothing that it holds of others:
its cost does not grow with the installation.
"""

import re
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import (
    Expression,
    F,
    Func,
    Lookup,
    Subquery,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Right

from phr.core.text_folding import EVERY_MARK, fold

# Of a patient's id: enough for few patients to share a key by chance, which costs a
# search some time and shows nothing, for it asks for the patient as well.
KEY_LENGTH = 8
PLACE_OF_KEY = "@"  # is in no word
# Scripts that put no spaces between words: Thai, Lao, Khmer, Burmese; Chinese and
# Japanese. Each of their letters counts as a word, with its marks.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Marks belong to the letter before them. A number is a word, and so is the unit behind
# it: people write "5mg" as well as "5 mg".
LETTER = rf"[^\W\d_{UNSPACED}]"
LETTERS = rf"{LETTER}(?:{LETTER}|[{EVERY_MARK}])*"
WORD = re.compile(rf"[{UNSPACED}][{EVERY_MARK}]*|\d+|{LETTERS}")
# What some write as one word and others with a sign in it: x-ray, Crohn's, 1,000. It is
# found by its parts, too.
COMPOUND = re.compile(
    # Begun at the beginning of a word alone, and never taken back: linear in the text.
    rf"(?<!{LETTER})(?<![{EVERY_MARK}])(?>{LETTERS})(?:['-](?>{LETTERS}))+"
    r"|(?<!\d)\d{1,3}(?:[,.' ]\d{3})+(?!\d)"
)
WORD_OR_COMPOUND = re.compile(f"{COMPOUND.pattern}|{WORD.pattern}")
SIGNS = re.compile(r"[',. -]")
LONGEST_WORD = 40  # characters; what is longer is told apart by its beginning
# Of each text, so that one cannot crowd out another: 20,000 characters of prose have
# about 1,500 different words. What they cost to store is bounded by it, and that they
# fit into a tsvector, which takes 1 MiB.
MOST_WORDS = 2_000
MOST_COMPOUNDS = 250


def stored_words(patient_id: UUID, *texts: str) -> str:
    """The words of a record's texts as PostgreSQL reads a tsvector.

    :param patient_id: whose record it is.
    """
    key = patient_id.hex[-KEY_LENGTH:]
    return " ".join(key + word for word in words_of(*texts))


def query_for(search: str) -> str:
    """What to look for, in the language of `to_tsquery`, with places for a key.

    :param search: what somebody has typed: words, or beginnings of words.
    :returns: empty if there is no word in it, and so nothing to be found.
    """
    folded = fold(search)
    starts = {word.start() for word in WORD.finditer(folded)}
    asked = {term_for(found, starts) for found in WORD_OR_COMPOUND.finditer(folded)}
    return " & ".join(sorted(asked))


def term_for(found: re.Match[str], starts: set[int]) -> str:
    """What finds a word, or a compound by its parts or written as one.

    Where words are written as one, as "5mg" is, all but the last are whole: "5mg" is
    not the beginning of "500 mg".

    :param starts: where the words of the whole question begin.
    """
    words = WORD.finditer(found.string, *found.span())
    parts = {term(word[0], is_whole=word.end() in starts) for word in words}
    if not COMPOUND.fullmatch(found[0]):
        return parts.pop()
    joined = term(written_as_one(found[0]), is_whole=found.end() in starts)
    return f"({' & '.join(sorted(parts))} | {joined})"


def written_as_one(compound: str) -> str:
    return SIGNS.sub("", compound)


def term(word: str, *, is_whole: bool) -> str:
    """One word of a query; what is not whole may be the beginning of a word."""
    return f"'{PLACE_OF_KEY}{word[:LONGEST_WORD]}'{'' if is_whole else ':*'}"


def words_of(*texts: str) -> list[str]:
    """The different words of some texts, folded, in alphabetical order."""
    return sorted({word for text in texts for word in first_words(text)})


def first_words(text: str) -> Iterable[str]:
    """The different words and compounds of one text, folded, each cut to its length."""
    folded = fold(text)
    compounds = map(written_as_one, COMPOUND.findall(folded))
    return chain(
        first_different(WORD.findall(folded), MOST_WORDS),
        first_different(compounds, MOST_COMPOUNDS),
    )


def first_different(words: Iterable[str], most: int) -> Iterable[str]:
    return islice(dict.fromkeys(word[:LONGEST_WORD] for word in words), most)


class WordsOfPatient(Func):
    """The tsquery for one patient's records.

    :param query: from `query_for`, or what stands for it.
    :param patient: an id, or an expression of one.
    """

    function = "replace"
    template = "%(function)s(%(expressions)s)::tsquery"
    output_field = SearchQueryField()

    def __init__(self, query: str, patient: "UUID | Expression | F | Subquery") -> None:
        if isinstance(patient, UUID):
            patient = Value(patient, UUIDField())
        key = Right(Cast(patient, TextField()), KEY_LENGTH)
        text = Value(query, TextField())
        super().__init__(text, Value(PLACE_OF_KEY, TextField()), key)


@SearchVectorField.register_lookup
class Matches(Lookup):
    """`vector @@ query`, for a query that is one already."""

    lookup_name = "matches"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", (*left_parameters, *right_parameters)
