"""Days in words, put together once for each day and language."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

REMEMBERED = 8_192  # in this process: some 1.5 MB


def day_in_words(day: date) -> str:
    """A day with its weekday: "Thursday, 12 November 2026"."""
    return written(day, get_language())


@lru_cache(maxsize=REMEMBERED)
def written(day: date, _language: str | None) -> str:
    """:param _language: the one of now, which the words depend on."""
    return date_format(day, "WEEKDAY")
