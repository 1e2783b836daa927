"""The doctors' directory as it is read all day: rows instead of model instances."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from phr.care.models import DoctorProfile
from phr.core.compiled import CompiledQuery
from phr.core.keyset import Cursor, newest_first


class DoctorRow(NamedTuple):
    """One doctor; the names are those of `values_list()`."""

    id: UUID
    created_at: datetime
    specialization: str
    years_of_experience: int | None
    verified_at: datetime | None
    verified_until: datetime | None
    license_number: str
    user__id: UUID
    user__first_name: str
    user__last_name: str


# What stands for the values while the statements are built.
DOCTOR, TIME = UUID(int=1), datetime(1, 1, 1, tzinfo=UTC)


def read_page(cursor: Cursor | None, limit: int) -> list[DoctorRow]:
    """The rows of one page of all doctors, in the direction of the cursor.

    :param limit: how many at the most.
    """
    query = page_query(None if cursor is None else cursor.forwards, limit)
    place = {"time": cursor.time, "id": cursor.id} if cursor else {}
    return [DoctorRow._make(row) for row in query.rows(**place)]


def read_found(
    found: QuerySet[DoctorProfile], cursor: Cursor | None, limit: int
) -> list[DoctorRow]:
    """The rows of one page of what a filter left of the listed doctors."""
    return [DoctorRow._make(row) for row in page_of(found, cursor, limit)]


@cache
def page_query(
    forwards: bool | None,  # noqa: FBT001 - a key of the cache, None without cursor
    limit: int,
) -> CompiledQuery:
    cursor = None if forwards is None else Cursor(forwards, TIME, DOCTOR)
    page = page_of(DoctorProfile.objects.listed(), cursor, limit)
    return CompiledQuery.of(page, {"time": TIME, "id": DOCTOR} if cursor else {})


def page_of(
    doctors: QuerySet[DoctorProfile], cursor: Cursor | None, limit: int
) -> QuerySet[Any, Any]:
    rows = newest_first(doctors, "created_at", cursor)[:limit]
    return rows.values_list(*DoctorRow._fields)
