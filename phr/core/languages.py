"""Texts that are said later, and in which languages that can be."""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.utils.functional import Promise, lazy
from django.utils.translation import override


def fill(text: Promise, values: Mapping[str, str | Promise]) -> str:
    return str(text) % values


# Once: `lazy` makes a class, which takes longer than all else about a text.
filled_later = lazy(fill, str)


def filled(text: Promise, **values: str | Promise) -> Promise:
    """A text with its placeholders filled, in the language of whoever it is said to.

    :param values: what stands for each, such as `doctor` for "%(doctor)s".
    """
    # For the type checker it was said already.
    return cast(Promise, filled_later(text, values))


def in_each_language(text: str | Promise) -> set[str]:
    """All that a text may have been stored as."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(str(text))
    return found
