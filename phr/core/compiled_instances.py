"""Model instances made of the rows of a statement that is compiled once.

For the few reads of every request that need more of a row than its columns.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import DEFERRED, Model

NONE: frozenset[str] = frozenset()
SEARCHED = frozenset({"search_text"})  # the column that only searches look through


@cache
def columns(model: type[Model], but: frozenset[str] = NONE) -> list[str]:
    """The names of a model's columns, for `values_list()`.

    :param but: which are not read, and are looked up if somebody asks for them.
    """
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if name not in but]


def take(model: type[Model], row: Iterator[Any], but: frozenset[str] = NONE) -> Any:
    """Make an instance of the next columns of a row; None if an outer join found none.

    :param but: as `columns` was told.
    """
    names, are_read, key = shape(model, but)
    values = [next(row) if is_read else DEFERRED for is_read in are_read]
    return model.from_db("default", names, values) if values[key] is not None else None


@cache
def shape(model: type[Model], but: frozenset[str]) -> tuple[list[str], list[bool], int]:
    """A model's columns, which of them are read, and which one is the key."""
    names = columns(model)
    are_read = [name not in but for name in names]
    return names, are_read, names.index(model._meta.pk.attname)
