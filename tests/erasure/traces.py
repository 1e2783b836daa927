"""Looking for somebody in every text of every table."""

from django.db import connection

# Every column that can hold words, of all tables, whoever made them.
WORDY = """
SELECT c.table_name, c.column_name
FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
  AND (c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb',
                       'ARRAY', 'inet', 'date', 'bytea', 'tsvector'))
ORDER BY 1, 2
"""


def columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(WORDY)
        return list(cursor.fetchall())


def traces_of(words: list[str]) -> set[tuple[str, str, str]]:
    """Where which of the words stands: table, column, word."""
    found = set()
    with connection.cursor() as cursor:
        for table, column in columns():
            for word in words:
                cursor.execute(
                    f'SELECT EXISTS (SELECT FROM "{table}" WHERE strpos(lower('
                    f"CASE WHEN pg_typeof(\"{column}\") = 'bytea'::regtype"
                    f" THEN encode(\"{column}\"::text::bytea, 'escape')"
                    f' ELSE "{column}"::text END), lower(%s)) > 0)',
                    [word],
                )
                if cursor.fetchone()[0]:
                    found.add((table, column, word))
    return found
