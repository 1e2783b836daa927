"""Locking rows that are about to be changed."""

from typing import Any, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


def lock_rows(rows: Rows) -> Rows:
    """The same rows, locked until the transaction ends; not what is joined to them.

    FOR NO KEY UPDATE: other rows that point at them can be added meanwhile.
    """
    return rows.select_for_update(no_key=True, of=("self",))
