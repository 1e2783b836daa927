"""The words of names, and of a question for somebody."""

import pytest

from phr.core.name_search import name_line, words_asked


@pytest.mark.parametrize(
    ("stored", "question"),
    [
        ("ג'ורג' יוסף כהן", "ג'ורג' כהן"),
        (
            "Petrov Igor\N{MODIFIER LETTER PRIME}",
            "Igor\N{MODIFIER LETTER PRIME} Petrov",
        ),
        ("Rabi Ahmad", "Rabiʿ Ahmad"),
        ("William 'Bill' Gates", "Gates 'Bill' William"),
        ("William 'Bill' Wu", "Wu"),
        ("D'Angelo", "d' angelo"),
        ("O' Brien", "O\N{RIGHT SINGLE QUOTATION MARK}Brien"),
        ("Rossi", "Dott.ssa Rossi"),
        ("Zephyrin", "Zephyrin, M.D."),
        ("Dupont", "Madame Dupont"),
        ("كريم", "ڪريم"),
        ("Danjuma", "Ɗanjuma"),
    ],
)
def test_an_apostrophe_at_the_end_of_a_word_joins_it_to_no_other(
    stored: str, question: str
) -> None:
    line = f" {name_line(stored)}"

    assert all(f" {word}" in line for word in words_asked(question))
