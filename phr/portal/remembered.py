"""Words that are put together once, and remembered in this process."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec

from django.utils.translation import get_language

P = ParamSpec("P")


def remembered(most: int) -> Callable[[Callable[P, str]], Callable[P, str]]:
    """Remember what a function says, apart for each language.

    For what says nothing of anybody: of a day, a number, a kind.

    :param most: for how many different values, the latest ones.
    """

    def decorate(say: Callable[P, str]) -> Callable[P, str]:
        @lru_cache(maxsize=most)
        def said(_language: str | None, *args: P.args, **kwargs: P.kwargs) -> str:
            return say(*args, **kwargs)

        @wraps(say)
        def remember(*args: P.args, **kwargs: P.kwargs) -> str:
            return said(get_language(), *args, **kwargs)  # type: ignore[arg-type] # hashable

        return remember

    return decorate
