"""Migrations that build indexes beside the work of others, and were interrupted.

Such a migration is no transaction: what it had done stays, and the next try begins at
its first step. So each step finds what is there already.
"""

from django.apps import apps
from django.db import connections
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


class SchemaEditor(DatabaseSchemaEditor):
    sql_create_index_concurrently = (
        DatabaseSchemaEditor.sql_create_index_concurrently.replace(
            "CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS"
        )
    )
    sql_rename_index = DatabaseSchemaEditor.sql_rename_index.replace(
        "ALTER INDEX", "ALTER INDEX IF EXISTS"
    )


def drop_unfinished_indexes(database: str) -> None:
    """Take away indexes whose building was interrupted; PostgreSQL uses none of them.

    :param database: the alias of its connection, outside of a transaction.
    """
    ours = [index.name for model in apps.get_models() for index in model._meta.indexes]
    with connections[database].cursor() as cursor:
        cursor.execute(UNFINISHED, [ours])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
