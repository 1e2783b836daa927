"""What takes a stranger's text takes time by its length, not by the square of it."""

from uuid import UUID

from phr.core.name_search import mentions, name_line
from phr.core.text_folding import fold
from phr.health_records.search import query_for, stored_words
from tests.cases import for_each
from tests.growth.costs import MOST_GROWTH, growth
from tests.nasty_texts import NASTY

SOMEBODY = UUID("019a0000-0000-7000-8000-000000000001")
WORK = {
    "folding": fold,
    "words to store": lambda text: stored_words(SOMEBODY, text, text),
    "words to look for": query_for,
    "words of a name": name_line,
    "words that somebody is asked for by": lambda text: mentions(text, "search_text"),
}


@for_each("what", WORK)
@for_each("kind", NASTY)
def test_eight_times_the_text_takes_about_eight_times_as_long(
    what: str, kind: str
) -> None:
    assert growth(WORK[what], NASTY[kind]) < MOST_GROWTH


def test_the_measure_tells_a_square_from_a_line() -> None:
    """Removing the first of a list moves all the others."""

    def take_from_the_front(things: list[int]) -> None:
        while things:
            things = things[1:]

    assert growth(take_from_the_front, lambda n: [0] * n) > MOST_GROWTH
    assert growth(lambda things: sorted(things[:]), lambda n: [0] * n) < MOST_GROWTH
