"""The doctors' directory as it is read all day: rows instead of model instances."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from phr.accounts.models import User
from phr.care.models import DoctorProfile
from phr.core.compiled_pages import PLACE, rows_of, stand_in_cursor, way_of
from phr.core.compiled_queries import CompiledQuery
from phr.core.keyset_pagination import Cursor, Page, newest_first, read_page
from phr.core.stale_reads import PRIMARY, read_stale


class DoctorRow(NamedTuple):
    """One doctor; the names are those of `values_list()`.

    First what everybody sees of a doctor, in the order of `CommentRow`.
    """

    id: UUID
    specialization: str
    years_of_experience: int | None
    verified_at: datetime | None
    verified_until: datetime | None
    user__id: UUID
    user__first_name: str
    user__last_name: str
    license_number: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DoctorFilters:
    """What doctors are looked for by; None where a filter is not set.

    :param search: words of name or specialization, as somebody has typed them.
    """

    search: str | None = None
    specialization: str | None = None


EVERYBODY = DoctorFilters()


def list_doctors(
    reader: User, filters: DoctorFilters, cursor: Cursor | None, size: int
) -> Page[DoctorRow]:
    """One page of the doctors who can still sign in, the newest first.

    It may be some seconds old, but for what the reader has changed.

    :param size: how many at the most.
    """

    def read(database: str) -> Page[DoctorRow]:
        fetch = partial(fetch_doctors, filters, database=database)
        return read_page(fetch, cursor, size)

    return read_stale(read, asker=reader.pk)


def fetch_doctors(
    filters: DoctorFilters,
    cursor: Cursor | None,
    limit: int,
    database: str = PRIMARY,
) -> list[DoctorRow]:
    """Doctors in the direction of the cursor; all of them by a compiled statement."""
    if filters == EVERYBODY:
        query = page_query(way_of(cursor), limit)
        return rows_of(DoctorRow, query, cursor, using=database)
    found = DoctorProfile.objects.using(database).listed()
    if filters.search is not None:
        found = found.mentioning(filters.search)
    if filters.specialization is not None:
        found = found.specialized_in(filters.specialization)
    return [DoctorRow._make(row) for row in newest_rows(found, cursor, limit)]


@cache
def page_query(
    forwards: bool | None,  # noqa: FBT001 - a key of the cache, None without cursor
    limit: int,
) -> CompiledQuery:
    cursor = stand_in_cursor(forwards)
    page = newest_rows(DoctorProfile.objects.listed(), cursor, limit)
    return CompiledQuery.of(page, PLACE if cursor else {})


def newest_rows(
    doctors: QuerySet[DoctorProfile], cursor: Cursor | None, limit: int
) -> QuerySet[Any, Any]:
    rows = newest_first(doctors, "created_at", cursor)[:limit]
    return rows.values_list(*DoctorRow._fields)
