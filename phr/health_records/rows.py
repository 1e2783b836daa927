"""Records and comments as they are read all day: rows instead of model instances.

Each of the common reads is a queryset from the scopes of querysets.py, compiled once
for each role, direction and length of page.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, reduce
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from phr.accounts.models import User, UserType
from phr.core.compiled import CompiledQuery
from phr.core.keyset import Cursor, newest_first
from phr.health_records.models import DoctorComment, HealthRecord


class RecordRow(NamedTuple):
    """One record with its author; the names are those of `values_list()`."""

    id: UUID
    patient_id: UUID
    record_type: str
    title: str
    description: str
    symptoms: str
    diagnosis: str
    treatment: str
    medications: str
    visit_date: datetime
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    created_by__id: UUID
    created_by__username: str
    created_by__email: str
    created_by__first_name: str
    created_by__last_name: str
    created_by__user_type: str
    grant_id: UUID | None
    grant_origin: str | None


class CommentRow(NamedTuple):
    """One comment with its doctor; the names are those of `values_list()`."""

    health_record_id: UUID
    id: UUID
    comment: str
    is_private: bool
    created_at: datetime
    updated_at: datetime
    doctor__id: UUID
    doctor__specialization: str
    doctor__years_of_experience: int | None
    doctor__verified_at: datetime | None
    doctor__verified_until: datetime | None
    doctor__user__id: UUID
    doctor__user__first_name: str
    doctor__user__last_name: str


# What stands for the values while the statements are built.
READER, RECORD, TIME = UUID(int=1), UUID(int=2), datetime(1, 1, 1, tzinfo=UTC)
RECORDS = [RECORD]


def records_of(reader: User) -> QuerySet[HealthRecord, tuple[object, ...]]:
    """The rows that the reader may see, in the columns of a `RecordRow`."""
    records = HealthRecord.objects.visible_to(reader).with_grant_of(reader)
    return records.values_list(*RecordRow._fields)


def deleted_records_of(reader: User) -> QuerySet[HealthRecord, tuple[object, ...]]:
    """The rows that the reader may bring back, in the columns of a `RecordRow`."""
    records = HealthRecord.objects.restorable_by(reader).with_grant_of(reader)
    return records.values_list(*RecordRow._fields)


def read_page(reader: User, cursor: Cursor | None, limit: int) -> list[RecordRow]:
    """The rows of one page, in the direction of the cursor.

    :param limit: how many at the most.
    """
    forwards = None if cursor is None else cursor.forwards
    query = page_query(UserType(reader.user_type), forwards, limit)
    place = {"time": cursor.time, "id": cursor.id} if cursor else {}
    found = query.rows(reader=reader.pk, **place) if query else []
    return [RecordRow._make(row) for row in found]


def read_found(
    found: QuerySet[HealthRecord, tuple[object, ...]], cursor: Cursor | None, limit: int
) -> list[RecordRow]:
    """The rows of one page of what a filter left of `records_of()`."""
    rows = newest_first(found, "visit_date", cursor)[:limit]
    return [RecordRow._make(row) for row in rows]


def read_record(reader: User, record_id: UUID) -> RecordRow | None:
    """One record, if the reader may see it."""
    query = record_query(UserType(reader.user_type))
    found = query.rows(reader=reader.pk, id=record_id) if query else []
    return RecordRow._make(found[0]) if found else None


def read_comments(
    reader: User, record_ids: Iterable[UUID]
) -> dict[UUID, list[CommentRow]]:
    """The comments that the reader may see, newest first, by record.

    :param record_ids: records that the reader is known to see.
    """
    comments: dict[UUID, list[CommentRow]] = {one: [] for one in record_ids}
    if comments:
        query = comments_query(UserType(reader.user_type))
        for row in query.rows(records=list(comments)):
            comments[row[0]].append(CommentRow._make(row))
    return comments


def row_of(record: HealthRecord) -> RecordRow:
    """The row of a record that was just written."""
    names = RecordRow._fields[:-2]
    values: dict[str, Any] = {
        name: reduce(getattr, name.split("__"), record) for name in names
    }
    return RecordRow(**values, grant_id=None, grant_origin=None)


@cache
def page_query(
    role: UserType,
    forwards: bool | None,  # noqa: FBT001 - a key of the cache, None without cursor
    limit: int,
) -> CompiledQuery | None:
    cursor = None if forwards is None else Cursor(forwards, TIME, RECORD)
    rows = newest_first(records_of(stand_in(role)), "visit_date", cursor)[:limit]
    place = {"time": TIME, "id": RECORD} if cursor else {}
    return compiled(rows, {"reader": READER, **place})


@cache
def record_query(role: UserType) -> CompiledQuery | None:
    rows = records_of(stand_in(role)).filter(pk=RECORD)
    return compiled(rows, {"reader": READER, "id": RECORD})


@cache
def comments_query(role: UserType) -> CompiledQuery:
    shown = DoctorComment.objects.shown_to(stand_in(role))
    rows = shown.filter(health_record__id__any_of=RECORDS)
    rows = rows.order_by("-created_at", "-id")
    columns = rows.values_list(*CommentRow._fields)
    return CompiledQuery.of(columns, {"records": RECORDS})


def stand_in(role: UserType) -> User:
    return User(id=READER, user_type=role)


def compiled(
    rows: QuerySet[HealthRecord, tuple[object, ...]], stand_ins: Mapping[str, object]
) -> CompiledQuery | None:
    """The statement for these rows; None for a role that sees no records at all."""
    try:
        return CompiledQuery.of(rows, stand_ins)
    except EmptyResultSet:
        return None
