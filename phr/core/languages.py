"""Texts that are said later, and in which languages that can be."""

from typing import cast

from django.conf import settings
from django.utils.functional import Promise, lazy
from django.utils.translation import override


def filled(text: Promise, **values: str | Promise) -> Promise:
    """A text with its placeholders filled, in the language of whoever it is said to.

    :param values: what stands for each, such as `doctor` for "%(doctor)s".
    """
    said_later = lazy(lambda: str(text) % values, str)()
    return cast(Promise, said_later)  # for the type checker it was said already


def in_each_language(text: str | Promise) -> set[str]:
    """All that a text may have been stored as."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(str(text))
    return found
