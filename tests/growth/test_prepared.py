"""Statements that are prepared once do without the values: they may not cost more."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from phr.care import directory
from phr.core.compiled import CompiledQuery, Slot
from phr.interfaces.session_check import session_query
from phr.notifications import rows as inbox
from tests.growth.plans import Statement, faults_of
from tests.growth.world import World

LIMIT = 21
WAYS = (None, True, False)
PREPARED: dict[str, Callable[[], CompiledQuery]] = {
    **{
        f"inbox, read: {is_read}, forwards: {way}": partial(
            inbox.page_query, is_read, way, LIMIT
        )
        for is_read in WAYS
        for way in WAYS
    },
    **{
        f"directory, forwards: {way}": partial(directory.page_query, way, LIMIT)
        for way in WAYS
    },
    "session": session_query,
}


@pytest.mark.parametrize("query", PREPARED.values(), ids=PREPARED)
def test_a_plan_without_values_costs_what_a_page_holds(
    world: World, db: None, query: Callable[[], CompiledQuery]
) -> None:
    values: dict[str, Any] = {
        "reader": world.alice.user_id,
        "user": world.alice.user_id,
        "session": UUID(int=5),
        "id": UUID(int=0),
        "time": timezone.now() - timedelta(minutes=2_000),
    }
    assert not faults_of(prepared(query(), values), page=LIMIT)


def prepared(query: CompiledQuery, values: dict[str, Any]) -> Statement:
    """Prepare a statement, as the driver does, to be planned without its values."""
    numbers = count(1)
    sql = "".join(
        part + (f"${next(numbers)}" if more else "") for part, more in marked(query.sql)
    )
    parameters = [
        values[one.name] if isinstance(one, Slot) else one for one in query.parameters
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("DEALLOCATE ALL")
        cursor.execute(f"PREPARE one AS {sql}")
    marks = ", ".join(["%s"] * len(parameters))
    return Statement(f"EXECUTE one({marks})" if marks else "EXECUTE one", parameters)


def marked(sql: str) -> list[tuple[str, bool]]:
    """The parts of a statement between its placeholders, and whether one follows."""
    parts = sql.split("%s")
    return [(part, place < len(parts) - 1) for place, part in enumerate(parts)]
