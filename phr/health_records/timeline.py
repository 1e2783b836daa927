"""When somebody's records were, and of which type, as a picture needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import TruncMonth

from phr.accounts.models import User, UserType
from phr.core.compiled_pages import ID, READER
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.models import HealthRecord
from phr.health_records.visit_times import VisitDay

MOST_SINGLE = 300  # what is more is told by month
STAND_INS = {"reader": READER, "patient": ID}


@dataclass(frozen=True, slots=True)
class Mark:
    """One record, or those of one type in one month.

    :param first_day: of the visits, where they were; `last_day` is the same for one.
    :param record_id: of the one record; None for several.
    """

    record_type: str
    first_day: date
    last_day: date
    count: int
    record_id: UUID | None


def fetch_marks(reader: User, patient_id: UUID) -> list[Mark]:
    """The marks of one patient's records that the reader may see, the newest first.

    Few, however many the records are.
    """
    asked = {"reader": reader.pk, "patient": patient_id}
    role = UserType(reader.user_type)
    found = single_query(role).rows(**asked)
    if len(found) > MOST_SINGLE:
        months = months_query(role).rows(**asked)
        return [
            Mark(kind, first, last, count, None) for kind, first, last, count in months
        ]
    return [Mark(kind, day, day, 1, record_id) for kind, day, record_id in found]


@cache
def single_query(role: UserType) -> CompiledQuery:
    rows = dated_records(role).order_by("-visit_date", "-id")
    columns = rows.values_list("record_type", "day", "id")
    return CompiledQuery.of(columns[: MOST_SINGLE + 1], STAND_INS)


@cache
def months_query(role: UserType) -> CompiledQuery:
    months = (
        dated_records(role)
        .annotate(month=TruncMonth("day"))
        .values("record_type", "month")
        .annotate(first=Min("day"), last=Max("day"), count=Count("pk"))
        .order_by("-month", "record_type")
    )
    columns = months.values_list("record_type", "first", "last", "count")
    return CompiledQuery.of(columns, STAND_INS)


def dated_records(role: UserType) -> "QuerySet[Any, Any]":
    """What somebody in a role may see of a patient, with the `day` of the visit."""
    visible = HealthRecord.objects.visible_to(User(id=READER, user_type=role))
    dated = visible.annotate(day=VisitDay("visit_date", "visit_offset"))
    return dated.filter(patient_id=ID)


def types_of(marks: Iterable[Mark]) -> set[str]:
    return {mark.record_type for mark in marks}
