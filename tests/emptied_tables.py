"""After a test whose transactions were real, its rows go, as fast as there are few.

Django truncates every table and then enters permissions and kinds of models anew, which
takes a third of a second however little the test has written.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import pgtrigger
import pytest
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

# What `migrate` enters, and no test changes.
KEPT = {"auth_permission", "django_content_type"}
TRIES = 5


@contextmanager
def quick_emptying() -> Iterator[None]:
    """Have tests with transactions of their own end in `empty_tables`."""

    def tear_down(case: Any) -> None:
        empty_tables()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", tear_down)
        yield


def empty_tables() -> None:
    """Delete every row, also of tables whose rows are only added.

    The locks wait for what is still under way elsewhere, as truncating would: nothing
    is written once this test is over. A statement of a web server that has some of its
    tables, and waits for others, may stand in the way of ours: PostgreSQL ends one.
    """
    for _ in range(TRIES - 1):
        with suppress(OperationalError):
            return empty_at_once()
    return empty_at_once()


def empty_at_once() -> None:
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables())}")
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"
                for table in tables()
            )
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")


@cache
def tables() -> list[str]:
    names = connection.introspection.django_table_names(
        only_existing=True, include_views=False
    )
    return sorted(set(names) - KEPT)
