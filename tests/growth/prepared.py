"""Statements that are prepared once, and so planned without their values."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from phr.accounts.models import UserType
from phr.care import doctor_directory
from phr.care.choices import RecordType
from phr.core.compiled_queries import CompiledQuery
from phr.health_records import my_patients
from phr.health_records import record_rows as records
from phr.health_records.record_pages import NEWEST
from phr.health_records.search import query_for
from phr.identity.session_lookup import browser_session_query, session_query
from phr.notifications import rows as inbox
from tests.growth.lists import OF_ALICE, OF_GRANTS, WITH_WORDS
from tests.growth.plans import Statement
from tests.growth.world import BROWSER_KEY, World

LIMIT = 21
NUMBERS = count()
WAYS = (None, True, False)
FILTERS = (
    frozenset[str](),
    frozenset({"record_type"}),
    frozenset({"patient"}),
    frozenset({"visit_after"}),
    frozenset({"search"}),
)
PAGES_OF_RECORDS = {
    f"records, {role}, {'+'.join(given)}, forwards: {way}": partial(
        records.page_query, records.Shape(role, given, way, LIMIT)
    )
    for role in (UserType.PATIENT, UserType.DOCTOR)
    for given in FILTERS
    for way in WAYS
}
PREPARED: dict[str, Callable[[], CompiledQuery | None]] = {
    **PAGES_OF_RECORDS,
    **{
        f"a record, {role}": partial(records.record_query, role)
        for role in (UserType.PATIENT, UserType.DOCTOR)
    },
    **{
        f"my patients of a {UserType.DOCTOR}, forwards: {way}": partial(
            my_patients.page_query, way, LIMIT
        )
        for way in WAYS
    },
    **{
        f"inbox, read: {is_read}, forwards: {way}": partial(
            inbox.page_query, is_read, way, LIMIT
        )
        for is_read in WAYS
        for way in WAYS
    },
    **{
        f"directory, forwards: {way}": partial(doctor_directory.page_query, way, LIMIT)
        for way in WAYS
    },
    "session": session_query,
    "browser session": browser_session_query,
}


def values_for(world: World, name: str) -> dict[str, Any]:
    """What a statement is given: who reads, and where in the middle its page begins."""
    reader = world.dr_bob if UserType.DOCTOR in name else world.alice
    return {
        "reader": reader.user_id,
        "user": world.alice.user_id,
        "session": UUID(int=5),
        "key": BROWSER_KEY,
        "at": timezone.now(),
        "id": world.alice.pk if name.startswith("my patients") else UUID(int=0),
        "time": timezone.now() - timedelta(minutes=2_000),
        "record_type": RecordType.CHECKUP,
        "patient": world.alice.pk,
        "visit_after": timezone.now() - timedelta(days=30),
        "search": query_for("pressure"),
    }


def reads(name: str) -> int:
    """How many rows lie beside the page: those of its patients, one of each grant."""
    if name.startswith("my patients"):
        return OF_ALICE + 100
    words = "search" in name
    if UserType.DOCTOR in name:
        return OF_GRANTS * (NEWEST if words else 1)
    # Between two times PostgreSQL awaits few rows, and may sort what lies there.
    return WITH_WORDS if words else OF_ALICE if "visit_after" in name else 0


def prepared(query: CompiledQuery, values: dict[str, Any]) -> Statement:
    """Prepare a statement, to be planned without its values."""
    statement, names = query.numbered
    name = f"planned_{next(NUMBERS)}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE {name} AS {statement.decode()}")
    marks = ", ".join(["%s"] * len(names))
    execute = f"EXECUTE {name}({marks})" if marks else f"EXECUTE {name}"
    return Statement(execute, [values[name] for name in names])
