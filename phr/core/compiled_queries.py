"""Querysets turned into SQL once, for the few reads that everybody makes all day.

Building the SQL of a queryset takes several times as long as PostgreSQL takes to answer
it. A `CompiledQuery` builds it once, with stand-ins where values will stand, and later
calls only put the values in. The queryset, and so the rule of access in it, is the
same one as everywhere else. PostgreSQL plans the statement once for each connection.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Expression, Field, Lookup, QuerySet
from psycopg.sql import Literal

from phr.core.postgres.base import DatabaseWrapper
from phr.core.postgres.prepared_statements import (
    Rows,
    execute,
    execute_together,
)

Values = Mapping[str, Any]

# Of the SQL that Django makes: the place of a parameter, or a percent sign.
PLACE = re.compile(r"%[s%]")
# Of ours: the place of a value, or a percent sign.
NAMED_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")


@dataclass(frozen=True)
class CompiledQuery:
    """One SQL statement, with named places for the values that change.

    Constants such as a status are part of the statement, so PostgreSQL knows them when
    it plans, and can use a partial index for this status.

    :param sql: with places as `%(name)s`.
    """

    sql: str

    @cached_property
    def numbered(self) -> tuple[bytes, tuple[str, ...]]:
        """The statement with places as `$1`, and the names of the values in order."""
        numbers: dict[str, int] = {}

        def number(place: re.Match[str]) -> str:
            if place[1] is None:
                return "%"
            return f"${numbers.setdefault(place[1], len(numbers) + 1)}"

        sql = NAMED_PLACE.sub(number, self.sql)
        return sql.encode(), tuple(numbers)

    @classmethod
    def of(
        cls, queryset: QuerySet[Any, Any], stand_ins: Mapping[str, Any]
    ) -> "CompiledQuery":
        """Build the SQL of a queryset.

        :param queryset: made with the stand-ins in place of values, and with
            `values_list()`, so that its rows need nothing else.
        :param stand_ins: by name, values of the right type that mean nothing else.
        :raises ValueError: a stand-in is not among the parameters; it would stay.
        :raises EmptyResultSet: the queryset is one that never has a row.
        """
        return cls.joined("{rows}", {"rows": queryset}, stand_ins)

    @classmethod
    def joined(
        cls,
        template: str,
        querysets: Mapping[str, QuerySet[Any, Any]],
        stand_ins: Mapping[str, Any],
    ) -> "CompiledQuery":
        """Build one statement of several querysets, which the ORM cannot join so.

        :param template: SQL with the names of querysets in braces, and no values.
        :raises ValueError, EmptyResultSet: as `of`.
        """
        sql, named = "", set[str]()
        for text, name, _, _ in Formatter().parse(template):
            sql += text
            if name is not None:
                sql += sql_of(querysets[name], stand_ins, named)
        if missing := stand_ins.keys() - named:
            raise ValueError(f"not in the statement: {', '.join(sorted(missing))}")
        return cls(sql)

    def rows(self, **values: Any) -> Rows:
        """Run the statement with these values in their places; more do not matter."""
        return self.rows_from(DEFAULT_DB_ALIAS, values)

    def rows_from(self, alias: str, values: Mapping[str, Any]) -> Rows:
        """As `rows`, from the database of this alias."""
        statement, names = self.numbered
        in_order = [values[name] for name in names]
        for asked in known_ahead.get() if alias == DEFAULT_DB_ALIAS else ():
            if asked.statement == statement and asked.values == in_order:
                return asked.rows
        database = connections[alias]
        assert isinstance(database, DatabaseWrapper)
        if database.is_watched() or database.begins_with_the_next():
            return run_by_django(database, self.sql, values)
        database.close_if_health_check_failed()
        database.ensure_connection()
        with database.wrap_database_errors:
            return execute(database.connection, statement, in_order, database.prepared)


# A statement, and what goes into its places.
Question = tuple[CompiledQuery, Values]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a statement has found before somebody asks for it."""

    statement: bytes
    values: list[Any]
    rows: Rows


known_ahead: ContextVar[Sequence[Ahead]] = ContextVar("known_ahead", default=())


@contextmanager
def asked_ahead(questions: Sequence[Question]) -> Iterator[Sequence[Ahead]]:
    """Send statements that only read all at once; within, who asks one has its rows.

    What nobody asks for is thrown away, so a wrong guess costs time and nothing else.

    :returns: in the same order; nothing where none is sent, as nothing may be prepared,
        or somebody looks at Django's statements.
    :raises Error: one of them fails, as if it had been asked for.
    """
    database = connections[DEFAULT_DB_ALIAS]
    assert isinstance(database, DatabaseWrapper)
    found: Sequence[Ahead] = ()
    if not (database.is_watched() or database.begins_with_the_next()):
        database.close_if_health_check_failed()
        database.ensure_connection()
        if database.prepared is not None:
            with database.wrap_database_errors:
                found = send_ahead(database, questions)
    token = known_ahead.set(found)
    try:
        yield found
    finally:
        known_ahead.reset(token)


def send_ahead(database: DatabaseWrapper, questions: Sequence[Question]) -> list[Ahead]:
    asked = [
        (query.numbered[0], [values[name] for name in query.numbered[1]])
        for query, values in questions
    ]
    assert database.prepared is not None
    rows = execute_together(database.connection, asked, database.prepared)
    return [Ahead(*each, found) for each, found in zip(asked, rows, strict=True)]


def sql_of(
    queryset: QuerySet[Any, Any], stand_ins: Mapping[str, Any], named: set[str]
) -> str:
    """The SQL of a queryset, with names in place of the stand-ins.

    :param named: is told the names that are in it.
    """
    sql, parameters = queryset.query.get_compiler(connection=connection).as_sql()
    values = iter(parameters)

    def fill(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value = next(values)
        if name := name_for(value, stand_ins):
            named.add(name)
            return f"%({name})s"
        return Literal(value).as_string().replace("%", "%%")

    return PLACE.sub(fill, sql)


def name_for(parameter: Any, stand_ins: Mapping[str, Any]) -> str | None:
    for name, stand_in in stand_ins.items():
        if type(parameter) is type(stand_in) and parameter == stand_in:
            return name
    return None


def run_by_django(
    database: DatabaseWrapper, sql: str, values: Mapping[str, Any]
) -> Rows:
    """Run it so that tools that count or log Django's statements see this one.

    Without names: pghistory puts a statement of its own before one that writes.
    """
    in_order = [values[name] for name in NAMED_PLACE.findall(sql) if name]
    with database.cursor() as cursor:
        cursor.execute(NAMED_PLACE.sub(without_name, sql), in_order)
        return list(cursor.fetchall()) if cursor.description else []


def without_name(place: re.Match[str]) -> str:
    return "%s" if place[1] else place[0]


class ColumnOf(Expression):
    """A column of the row on the left of a lateral join, for the queryset right of it.

    :param row: the name that the template gives to the row.
    """

    def __init__(self, row: str, column: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field)
        self.row, self.column = row, column

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        quote = connection.ops.quote_name
        return f"{quote(self.row)}.{quote(self.column)}", ()


@Field.register_lookup
class AnyOf(Lookup):
    """`field = ANY(array)`: one parameter however many values, unlike `IN`."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> Any:
        return list(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_parameters, *right_parameters)
