"""Model instances made of the rows of a statement that is compiled once.

For the few reads of every request that need more of a row than its columns.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import Model

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
    names = columns(model, but)
    values = [next(row) for _ in names]
    is_there = values[names.index(model._meta.pk.attname)] is not None
    return model.from_db("default", names, values) if is_there else None
