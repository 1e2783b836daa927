"""Querysets turned into SQL once, for the few reads that everybody makes all day.

Building the SQL of a queryset takes several times as long as PostgreSQL takes to answer
it. A `CompiledQuery` builds it once, with stand-ins where values will stand, and later
calls only put the values in. The queryset, and so the rule of access in it, is the
same one as everywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field, Lookup, QuerySet


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value in the parameters of a statement."""

    name: str


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """One SQL statement, with slots among its parameters."""

    sql: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(
        cls, queryset: QuerySet[Any, Any], stand_ins: Mapping[str, Any]
    ) -> "CompiledQuery":
        """Build the SQL of a queryset.

        :param queryset: made with the stand-ins in place of values, and with
            `values_list()`, so that its rows need nothing else.
        :param stand_ins: by name, values of the right type that mean nothing else.
        :raises ValueError: a stand-in is not among the parameters; it would stay.
        """
        sql, parameters = queryset.query.get_compiler(connection=connection).as_sql()
        slots = [slot_for(parameter, stand_ins) for parameter in parameters]
        missing = stand_ins.keys() - {s.name for s in slots if isinstance(s, Slot)}
        if missing:
            raise ValueError(f"not in the statement: {', '.join(sorted(missing))}")
        return cls(sql, tuple(slots))

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Run the statement with these values in the slots."""
        parameters = [
            values[parameter.name] if isinstance(parameter, Slot) else parameter
            for parameter in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            return list(cursor.fetchall())


def slot_for(parameter: Any, stand_ins: Mapping[str, Any]) -> Any:
    for name, stand_in in stand_ins.items():
        if type(parameter) is type(stand_in) and parameter == stand_in:
            return Slot(name)
    return parameter


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
