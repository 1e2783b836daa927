"""Texts compared the way people compare them."""

import sys
import unicodedata

import pytest

from phr.core.text_folding import MARKS, fold


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Müller", "MÜLLER"),
        ("Müller", "Mu\N{COMBINING DIAERESIS}ller"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("Ёлка", "ёЛКА"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "a"),
        ("\N{LATIN SMALL LIGATURE FI}brosis", "FIBROSIS"),
        ("José", "JOSE"),
        ("Nguyễn", "Nguyen"),
        ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
        ("Łukasz Ødegård", "Lukasz Odegard"),
        ("Œdème", "oedeme"),
        ("İSTANBUL", "istanbul"),
        ("Пётр", "Петр"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("کلیه", "كليه"),  # Persian, on an Arabic keyboard
        ("O\u2019Brien", "o'brien"),
        ("Okina\u02bb", "OKINA`"),
        ("Smith\u2013Jones", "smith-jones"),
        ("Smith\u2011Jones", "smith\u2212jones"),
        ("hyper\u00adtension", "hypertension"),
        ("\u2066Ann\u2069\ufe0f\u200d", "ann"),
        ("\u0967\u0968", "12"),
        ("Guðrún Þórðardóttir", "Gudrun Thordardottir"),
    ],
)
def test_texts_are_the_same_in_any_case_and_any_way_of_writing(
    written: str, searched: str
) -> None:
    assert fold(written) == fold(searched)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("が", "か"),  # voiced
        ("हिन्दी", "हनद"),  # vowels
        ("ไข้", "ไข"),  # a tone
        ("가", "각"),
        ("o", "a"),
    ],
)
def test_letters_that_differ_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["한국어", "ガ行", "हिन्दी", "เป็นไข้", "བོད་སྐད"])
def test_scripts_whose_marks_are_letters_stay_whole(text: str) -> None:
    assert fold(text) == unicodedata.normalize("NFKC", text)


def test_folding_twice_changes_nothing_more() -> None:
    """Of every letter there is: many are folded at once, as texts kept apart."""
    for first in range(0, sys.maxunicode + 1, 128):  # the first are ASCII's
        letters = [chr(code) for code in range(first, first + 128)]
        changed = {*fold(*letters).split("\n")} - {*letters}
        for folded in changed:
            assert fold(folded) == folded, hex(first)


def test_marks_behind_the_thirtieth_on_one_letter_are_left_out() -> None:
    """Such marks as make another word, or all would be left out."""
    nukta = "\N{DEVANAGARI SIGN NUKTA}"

    assert fold("k" + 40 * nukta) == "k" + 30 * nukta
    assert fold(f"k{30 * nukta}t{30 * nukta}") == f"k{30 * nukta}t{30 * nukta}"


def test_whatever_is_taken_apart_has_a_letter_or_counts_as_a_mark() -> None:
    """So that no other letters make a run of marks that is longer than it looks."""
    for letter in filter(str.isprintable, map(chr, range(sys.maxunicode + 1))):
        apart = unicodedata.normalize("NFKD", letter)
        again = unicodedata.normalize("NFKD", apart.casefold())
        starts = unicodedata.combining(again[0]) == 0
        assert starts or letter in MARKS, hex(ord(letter))
        behind = [unicodedata.combining(part) > 0 for part in again].count(True)
        assert behind <= 3, hex(ord(letter))


def test_joined_texts_stay_apart() -> None:
    assert "head ache" not in fold("head", "ache")
    assert "headache" not in fold("head", "ache")
