"""Records and comments as they are read all day: rows instead of model instances.

Each of the common reads is a queryset from the scopes of querysets.py, compiled once
for each role, direction and length of page.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial, reduce
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import UUIDField

from phr.accounts.models import User, UserType
from phr.core.compiled_pages import (
    ID,
    PLACE,
    READER,
    place_of,
    stand_in_cursor,
    way_of,
)
from phr.core.compiled_queries import ColumnOf, CompiledQuery, Question
from phr.core.keyset_pagination import Cursor, Page, read_page
from phr.health_records.filters import RecordFilters
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.record_pages import doctors_page, own_page
from phr.health_records.search import query_for


class CommentRow(NamedTuple):
    """One comment with its doctor; the names are those of `values_list()`.

    Last what everybody sees of a doctor, in the order of `DoctorRow`.
    """

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


class RecordRow(NamedTuple):
    """One record with its author; the names are those of `values_list()`.

    :param grant_id: what opens the record to a doctor.
    :param comments: those that the reader may see, the newest first.
    """

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
    visit_offset: int
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
    comments: Sequence[CommentRow] = ()


COLUMNS: tuple[str, ...] = RecordRow._fields[:-1]
OF_RECORD: tuple[str, ...] = COLUMNS[:-2]  # without the grant, which other tables tell

# What stands for the values while the statements are built.
RECORDS = [ID]
LOOKED_FOR = {
    "record_type": "RECORD TYPE",
    "patient": UUID(int=3),
    "visit_after": datetime(1, 1, 2, tzinfo=UTC),
    "visit_before": datetime(1, 1, 3, tzinfo=UTC),
    "first_day": date(1, 1, 1),
    "last_day": date(1, 1, 2),
    "search": "SEARCH",
    "commented_by": UUID(int=4),
}
# Statements are made for pages of these lengths; what is too much is left off.
LIMITS = (21, 51, 101)


def read_record_page(
    reader: User, filters: RecordFilters, cursor: Cursor | None, size: int
) -> Page[RecordRow]:
    """One page of the records that the reader may see, with their comments.

    :param size: how many at the most, up to 100.
    """
    page = read_page(partial(fetch_records, reader, filters), cursor, size)
    return Page(with_comments(reader, page.rows), page.has_more)


def fetch_records(
    reader: User, filters: RecordFilters, cursor: Cursor | None, limit: int
) -> list[RecordRow]:
    """Records in the direction of the cursor, without comments.

    :param limit: how many at the most, up to 101.
    """
    role = UserType(reader.user_type)
    question = page_question(role, reader.pk, filters, cursor, limit)
    if question is None:
        return []
    query, values = question
    return [RecordRow(*row) for row in query.rows(**values)][:limit]


def page_question(
    role: UserType,
    reader_id: UUID,
    filters: RecordFilters,
    cursor: Cursor | None,
    limit: int,
) -> Question | None:
    """What `fetch_records` asks; None if nothing can be found."""
    words = "" if filters.search is None else query_for(filters.search)
    if filters.search is not None and not words:
        return None  # there is no word in what is looked for
    length = next(length for length in LIMITS if length >= limit)
    query = page_query(Shape(role, filters.given, way_of(cursor), length))
    values = {name: getattr(filters, name) for name in LOOKED_FOR} | {"search": words}
    values |= {"reader": reader_id, **place_of(cursor)}
    return (query, values) if query else None


def fetch_record(reader: User, record_id: UUID) -> RecordRow | None:
    """One record without its comments, if the reader may see it."""
    question = record_question(UserType(reader.user_type), reader.pk, record_id)
    found = question[0].rows(**question[1]) if question else []
    return RecordRow(*found[0]) if found else None


def record_question(
    role: UserType, reader_id: UUID, record_id: UUID
) -> Question | None:
    """What `fetch_record` asks; None if nothing can be found."""
    query = record_query(role)
    return (query, {"reader": reader_id, "id": record_id}) if query else None


def with_comments(reader: User, records: Sequence[RecordRow]) -> list[RecordRow]:
    """The records, each with the comments that the reader may see.

    :param records: without comments; the reader is known to see them.
    """
    comments = fetch_comments(reader, [record.id for record in records])
    return [record._replace(comments=comments[record.id]) for record in records]


def fetch_comments(
    reader: User, record_ids: Iterable[UUID]
) -> dict[UUID, list[CommentRow]]:
    """The comments that the reader may see, newest first, by the id of their record.

    :param record_ids: records that the reader is known to see.
    """
    ids = list(record_ids)
    comments: dict[UUID, list[CommentRow]] = {one: [] for one in ids}
    if ids:
        query = comments_query(UserType(reader.user_type))
        for row in query.rows(records=ids):
            comments[row[0]].append(CommentRow._make(row))
    return comments


def row_of(record: HealthRecord) -> RecordRow:
    """The row of a record that its patient has just written, without comments."""
    values: dict[str, Any] = {
        name: reduce(getattr, name.split("__"), record) for name in OF_RECORD
    }
    return RecordRow(**values, grant_id=None, grant_origin=None)


def read_back(actor: User, record: HealthRecord) -> RecordRow:
    """A record that the actor has just changed, with its comments."""
    return with_comments(actor, [row_of(record)])[0]


class Shape(NamedTuple):
    """What makes the statement of one page another than that of the next.

    :param given: which filters are set.
    :param forwards: the direction of the cursor; None without one.
    """

    role: UserType
    given: frozenset[str]
    forwards: bool | None
    limit: int


@cache
def page_query(shape: Shape) -> CompiledQuery | None:
    """The statement of a page; None for a role that sees no such records at all."""
    cursor = stand_in_cursor(shape.forwards)
    stand_ins: dict[str, Any] = {
        name: LOOKED_FOR[name] for name in shape.given & LOOKED_FOR.keys()
    }
    filters = RecordFilters(**stand_ins, deleted="deleted" in shape.given)
    stand_ins |= {"reader": READER} | (PLACE if cursor else {})
    page = doctors_page if shape.role == UserType.DOCTOR else own_page
    template, querysets = page(stand_in(shape.role), filters, cursor, shape.limit)
    row = HealthRecord.objects.filter(pk=ColumnOf("page", "id", UUIDField()))
    querysets["row"] = row.values_list(*OF_RECORD)
    try:
        return CompiledQuery.joined(template, querysets, stand_ins)
    except EmptyResultSet:
        return None


@cache
def record_query(role: UserType) -> CompiledQuery | None:
    reader = stand_in(role)
    seen = HealthRecord.objects.visible_to(reader).with_grant_of(reader)
    row = seen.filter(pk=ID).values_list(*COLUMNS)
    try:
        return CompiledQuery.of(row, {"reader": READER, "id": ID})
    except EmptyResultSet:
        return None


@cache
def comments_query(role: UserType) -> CompiledQuery:
    shown = DoctorComment.objects.shown_to(stand_in(role))
    rows = shown.filter(health_record__id__any_of=RECORDS)
    rows = rows.order_by("-created_at", "-id")
    columns = rows.values_list(*CommentRow._fields)
    return CompiledQuery.of(columns, {"records": RECORDS})


def stand_in(role: UserType) -> User:
    return User(id=READER, user_type=role)
