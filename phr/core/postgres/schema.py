"""Migrations that build indexes beside the work of others, and were interrupted.

Such a migration is no transaction: what it had done stays, and the next try begins at
its first step. So each step finds what is there already.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

# Not valid, and nobody is at building it now. What another role is building PostgreSQL
# does not tell, so only those with names of ours are looked at.
UNFINISHED = """
SELECT quote_ident(name.relname) FROM pg_index
JOIN pg_class AS name ON name.oid = indexrelid
WHERE NOT indisvalid AND name.relnamespace = current_schema()::regnamespace
AND name.relname = ANY(%s)
AND NOT EXISTS (
  SELECT FROM pg_stat_progress_create_index WHERE index_relid = indexrelid
)
"""

SET_TIMEOUT = "SELECT set_config('lock_timeout', %s, false)"


class SchemaEditor(DatabaseSchemaEditor):
    sql_create_index_concurrently = (
        DatabaseSchemaEditor.sql_create_index_concurrently.replace(
            "CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS"
        )
    )
    sql_rename_index = DatabaseSchemaEditor.sql_rename_index.replace(
        "ALTER INDEX", "ALTER INDEX IF EXISTS"
    )

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Run a statement; one that has nobody wait behind it may wait itself."""
        if self.collect_sql or "CONCURRENTLY" not in str(sql):
            super().execute(sql, params)
            return
        with lock_timeout(self.connection, 0):
            super().execute(sql, params)


@contextmanager
def lock_timeout(database: BaseDatabaseWrapper, seconds: int) -> Iterator[None]:
    """Have statements wait for locks for so long; 0 is without end."""
    with database.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(SET_TIMEOUT, [f"{seconds}s"])
    try:
        yield
    finally:
        # In a transaction that has failed the end of it sets this back.
        if not database.needs_rollback and database.is_usable():
            with database.cursor() as cursor:
                cursor.execute(SET_TIMEOUT, [before])


def drop_unfinished_indexes(database: str) -> None:
    """Take away indexes whose building was interrupted; PostgreSQL uses none of them.

    :param database: the alias of its connection, outside of a transaction.
    """
    ours = [index.name for model in apps.get_models() for index in model._meta.indexes]
    with connections[database].cursor() as cursor:
        cursor.execute(UNFINISHED, [ours])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
